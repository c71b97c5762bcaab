"""One cell of the fault matrix."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """One task and one fault."""

    task_id: str
    fault: str

    def __str__(self) -> str:
        return f"{self.task_id}-{self.fault}".replace(" ", "-")
