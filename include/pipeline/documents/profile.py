"""profiles/<sha256>.json: the distributions of a table, which the next version is compared with."""

from typing import Literal

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.drift import Kind, Reference


class ColumnProfile(Document):
    """How the values of one feature are spread."""

    name: str
    """Name of the column."""
    kind: Kind
    """`empty`; `constant`, one value; `indicator`, 0 and 1; `integer`; `float`; `category`, text, which
    is counted by hashes of its values."""
    missing: int
    """Rows without a value. Where values may not be seen, 0 also for fewer than ten, which are counted in the
    fullest bin."""
    edges: tuple[float, ...]
    """Edges between the bins, ascending. Each belongs to the bin below it. Where values may not be seen, no
    bin holds one to nine rows, and an edge that fewer than ten rows have is rounded."""
    counts: tuple[int, ...]
    """Rows in each bin, one more than there are edges: the outer bins have no end."""
    lowest: float | None = None
    """The lowest value. Where values may not be seen, the tenth, rounded down. Null where there are none,
    or an earlier version wrote this."""
    highest: float | None = None
    """The highest value. Where values may not be seen, the tenth from above, rounded up."""
    beyond: int = 0
    """How many rows at the most lie below the lowest, and how many above the highest."""
    of_kind: int | None = None
    """Rows that make the column of its kind: of `float`, those with a fraction; of `integer`, those that are
    neither 0 nor 1; of others, none. Where values may not be seen, fewer than ten count as none. Null where
    an earlier version wrote this."""


class DataProfile(Document):
    """A table's distributions in a few numbers a column."""

    schema_version: Literal[1] = 1
    """Rises when a field or the bins change their meaning."""
    rows: int = Field(ge=1)
    """Rows of the table."""
    label: str
    """The label's column."""
    positives: int | None
    """Rows whose label is 1; null where the label is of another kind, and so among the columns. Where its
    values may not be seen, fewer than ten of a class count as none."""
    dropped: tuple[str, ...]
    """Columns that the pipeline did not look at."""
    columns: tuple[ColumnProfile, ...]
    """The features, in the table's order."""
    duplicates: int | None = None
    """Rows that are equal to an earlier one. Where the label's values may not be seen, fewer than ten count
    as none. Null where an earlier version wrote this."""
    content_sha256: str | None = None
    """SHA-256 in hex of all rows, by which a new version is known that begins with them; null where an
    earlier version wrote this."""


class PreviousVersion(Document):
    """The version that a run's data is compared with."""

    reference: Reference
    """The accepted model whose data it is."""
    profile: DataProfile
