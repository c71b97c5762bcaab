"""How messages name rows and columns: as whoever opens the file in a spreadsheet sees them."""

from collections.abc import Sequence

from include.pipeline.figures.few_rows import FEWEST_ROWS, is_few

_FIRST_DATA_ROW = 2
_NAMED = 10


def row_number(at: int) -> int:
    """Number a row of data, where the header is row 1 and blank lines do not count.

    Args:
        at: Its place below the header, from 0 on.
    """
    return at + _FIRST_DATA_ROW


def few(rows: int, *, shown: bool) -> str:
    """Count rows; where values may not be seen, not exactly when they are few."""
    return str(rows) if shown or not is_few(rows) else f"fewer than {FEWEST_ROWS}"


def listed(names: Sequence[str]) -> str:
    """Name up to ten columns, and say how many more there are."""
    named = ", ".join(repr(name) for name in names[:_NAMED])
    return f"{named} and {len(names) - _NAMED} more" if len(names) > _NAMED else named
