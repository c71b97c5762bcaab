"""What the processes of one job may take of the machine."""

from dataclasses import dataclass, field

from local_aws.containers.memory import machine_memory

_SHARE_OF_MEMORY = 0.75
_DAY = 24 * 3600.0


def _most_memory() -> int:
    return int(machine_memory() * _SHARE_OF_MEMORY)


@dataclass(frozen=True)
class JobLimits:
    """Limits of every job. AWS has no such limits: there, a job has its machine for itself."""

    memory: int = field(default_factory=_most_memory)
    """The bytes that its processes may hold together; also the most of each single one."""
    processes: int = 512
    """How many processes a script may have at a time."""
    seconds: float = _DAY
    """How long its container may run, whatever MaxRuntimeInSeconds is: AWS's default for that."""
