"""Thirds of tests that take long: three commits in a row run all of them."""

from collections.abc import Iterable
from pathlib import Path

THIRDS = (1, 2, 3)


def files_of_third(files: Iterable[Path], third: int) -> set[Path]:
    """Choose every third file: its tests share what they start."""
    return set(sorted(set(files))[third - 1 :: len(THIRDS)])
