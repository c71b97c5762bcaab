"""Seconds from CreateEndpoint to InService, for the tutorial's model."""

import statistics

from bench.figures import Figure, show
from bench.tutorial import NAME, local_aws


def main() -> None:
    """Print the figure: the median of five."""
    with local_aws() as aws:
        aws.train(NAME)
        aws.configure(NAME)
        seconds = [aws.deploy(f"endpoint-{number}") for number in range(5)]
    show([Figure("endpoint, Creating to InService", statistics.median(seconds), "s", at_most=2)])


if __name__ == "__main__":
    main()
