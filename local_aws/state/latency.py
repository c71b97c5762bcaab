"""How long SageMaker takes where nothing of ours runs: machines to find, images to pull."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Latency:
    """The least seconds that a state lasts, beside the work that is done in it.

    Attributes:
        starting: Of a job, before it has its machine.
        downloading: Of a job, which pulls its image with its data.
        uploading: Of a job's results.
        creating: Of an endpoint, new or with another configuration.
        updating: Of an endpoint whose variants get other weights or capacities.
    """

    starting: float
    downloading: float = 0.0
    uploading: float = 0.0
    creating: float = 0.0
    updating: float = 0.0


# By the name on the command line. "none" has what would be over at once last for long enough to be seen;
# "realistic" has what small jobs and endpoints typically take on AWS.
LATENCIES = {
    "none": Latency(starting=0.25, updating=0.25),
    "realistic": Latency(starting=60.0, downloading=25.0, uploading=10.0, creating=240.0, updating=60.0),
}
