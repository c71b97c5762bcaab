"""Seconds of InvokeEndpoint with the tutorial's 12,357 test rows in one request."""

import statistics
import time

from bench.figures import Figure, show
from bench.tutorial import NAME, deployed
from tests.tutorial_data import tutorial_split


def main() -> None:
    """Print the figure: the median of nine."""
    features = tutorial_split()[1]
    body = features.to_csv(header=False, index=False).encode()
    seconds = []
    with deployed() as aws:
        for _ in range(9):
            begin = time.perf_counter()
            answer = aws.runtime.invoke_endpoint(EndpointName=NAME, ContentType="text/csv", Body=body)
            scores = answer["Body"].read().split()
            seconds.append(time.perf_counter() - begin)
            if len(scores) != len(features):
                raise SystemExit(f"{len(scores)} scores for {len(features)} rows")
    show([Figure(f"InvokeEndpoint, {len(features):,} rows", statistics.median(seconds), "s", at_most=0.5)])


if __name__ == "__main__":
    main()
