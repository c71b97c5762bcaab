"""Thirds of the fault tests: each has every task and every kind of fault, and together they are all."""

from collections.abc import Sequence

import pytest

from tests.faults.cell import Cell, cells_of
from tests.faults.matrix import FAULTS, TARGETS
from tests.thirds import THIRDS


def third_of(items: Sequence[pytest.Item], third: int) -> list[pytest.Item]:
    """Choose a third: diagonals of the matrix, and every third of the other tests."""
    cells = cells_of(items)
    others = [item for item in items if item not in cells][third - 1 :: len(THIRDS)]
    return [item for item in items if item in others or (item in cells and diagonal(cells[item]) == third)]


def diagonal(cell: Cell) -> int:
    """Say in which third a cell of the matrix is."""
    row, column = list(TARGETS).index(cell.row), list(FAULTS).index(cell.fault)
    return (row + column) % len(THIRDS) + 1
