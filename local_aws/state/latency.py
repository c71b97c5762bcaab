"""How long SageMaker takes where nothing of ours runs: machines to find, images to pull."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    """The seconds that each state lasts in addition to the work that is done in it."""

    starting: float
    """The time of a job before it has its machine."""
    downloading: float = 0.0
    """The time of a job that pulls its image and its data."""
    uploading: float = 0.0
    """The time of a job that uploads its results."""
    creating: float = 0.0
    """The time of an endpoint that is new, or gets another configuration."""
    updating: float = 0.0
    """The time of an endpoint whose variants get other weights or capacities."""


# By the name on the command line. "none" has what would be over at once last for long enough to be seen;
# "realistic" has what small jobs and endpoints typically take on AWS.
LATENCIES = {
    "none": Latency(starting=0.25, updating=0.25),
    "realistic": Latency(starting=60.0, downloading=25.0, uploading=10.0, creating=240.0, updating=60.0),
}
