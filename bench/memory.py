"""Resident memory of the idle server, and of each endpoint after it has served."""

import psutil

from bench.figures import Figure, show
from bench.tutorial import NAME, deployed
from tests.tutorial_data import tutorial_split


def main() -> None:
    """Print the figures, in MB of 2**20 bytes."""
    body = tutorial_split()[1].to_csv(header=False, index=False).encode()
    with deployed() as aws:
        for _ in range(3):
            aws.runtime.invoke_endpoint(EndpointName=NAME, ContentType="text/csv", Body=body)["Body"].read()
        server = psutil.Process(aws.server.process.pid)
        own, each = (process.memory_info().rss / 2**20 for process in (server, *server.children()))
    show(
        [
            Figure("memory of the idle server", own, "MB", at_most=250),
            Figure("memory of one endpoint that has served", each, "MB", at_most=250),
        ]
    )


if __name__ == "__main__":
    main()
