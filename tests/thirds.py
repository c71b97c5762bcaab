"""Thirds of tests that take long: three commits in a row run all of them."""

from collections.abc import Iterable
from pathlib import Path

import pytest

THIRDS = (1, 2, 3)


def files_of_third(files: Iterable[Path], third: int) -> set[Path]:
    """Choose every third file: its tests share what they start."""
    return set(sorted(set(files))[third - 1 :: len(THIRDS)])


def leave_out(others: set[pytest.Item], items: list[pytest.Item], config: pytest.Config) -> None:
    """Take tests from those that will run, and let pytest count them."""
    config.hook.pytest_deselected(items=[*others])
    items[:] = [item for item in items if item not in others]
