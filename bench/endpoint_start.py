"""Seconds from CreateEndpoint to InService, for the tutorial's model."""

import statistics

from bench.tutorial import NAME, local_aws


def main() -> None:
    """Print the figure: the median of five."""
    with local_aws() as aws:
        aws.train(NAME)
        aws.configure(NAME)
        seconds = [aws.deploy(f"endpoint-{number}") for number in range(5)]
    print(f"endpoint, Creating to InService: {statistics.median(seconds):.2f} s (within 2)")


if __name__ == "__main__":
    main()
