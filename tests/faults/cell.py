"""One cell of the fault matrix."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import pytest

from local_stack.demo import DAG_ID


@dataclass(frozen=True)
class Cell:
    """One task and one fault."""

    task_id: str
    fault: str
    mode: str = ""
    """In what the task differs from others of its name: `tuned, deferred`."""
    dag_id: str = DAG_ID
    map_index: int = -1
    """Of a task that each of several algorithms has: the place of the one that is struck."""

    @classmethod
    def of(cls, row: str, fault: str, dag_id: str = DAG_ID) -> Self:
        """Name the cell of a row, such as `train_model, tuned, deferred`."""
        task_id, _, mode = row.partition(", ")
        return cls(task_id, fault, mode, dag_id)

    @property
    def row(self) -> str:
        return f"{self.task_id}, {self.mode}" if self.mode else self.task_id

    @property
    def is_deferred(self) -> bool:
        """Whether the task waits in a triggerer."""
        return "deferred" in self.mode

    def __str__(self) -> str:
        return f"{self.row}-{self.fault}".replace(",", "").replace(" ", "-")


def cells_of(items: Iterable[pytest.Item]) -> dict[pytest.Item, Cell]:
    """Find the tests of single cells."""
    return {
        item: item.callspec.params["cell"]
        for item in items
        if isinstance(item, pytest.Function) and "cell" in item.fixturenames
    }
