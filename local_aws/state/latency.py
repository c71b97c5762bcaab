"""How long SageMaker takes for what local AWS does not do: find machines, pull images."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpotInterruption:
    """A spot job loses its instance once."""

    after: float
    """The seconds that it has trained by then."""
    wait: float
    """The seconds until there is another instance."""


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
    spot_interruption: SpotInterruption | None = None
    """What happens to each spot job; None lets them train undisturbed."""


# By the name on the command line. "none": states that would end at once last just long enough to be seen.
# "realistic": states last as long as those of small jobs and endpoints typically do on AWS.
LATENCIES = {
    "none": Latency(starting=0.25, updating=0.25),
    "realistic": Latency(starting=60.0, downloading=25.0, uploading=10.0, creating=240.0, updating=60.0),
}
