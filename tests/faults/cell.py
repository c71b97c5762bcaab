"""One cell of the fault matrix."""

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from local_stack.demo import DAG_ID


@dataclass(frozen=True)
class Cell:
    """One task and one fault."""

    task_id: str
    fault: str
    is_deferred: bool = False
    """Whether the task waits in a triggerer."""
    dag_id: str = DAG_ID

    @property
    def row(self) -> str:
        return f"{self.task_id}, deferred" if self.is_deferred else self.task_id

    def __str__(self) -> str:
        return f"{self.row}-{self.fault}".replace(",", "").replace(" ", "-")


def cells_of(items: Iterable[pytest.Item]) -> dict[pytest.Item, Cell]:
    """Find the tests of single cells."""
    return {
        item: item.callspec.params["cell"]
        for item in items
        if isinstance(item, pytest.Function) and "cell" in item.fixturenames
    }
