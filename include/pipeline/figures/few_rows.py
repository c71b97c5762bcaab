"""Of how many rows something may be told where a table's values are not to be seen."""

FEWEST_ROWS = 10
"""The least number of rows that is told exactly, but for none."""


def is_few(rows: float) -> bool:
    """Tell whether so many rows, though not none, are too few to be told of."""
    return 0 < rows < FEWEST_ROWS
