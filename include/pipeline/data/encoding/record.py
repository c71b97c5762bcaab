"""encoding.json: what each column of a table becomes, as it was found in the training rows."""

import hashlib
from operator import not_
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from include.pipeline.document import Document
from include.pipeline.documents.table.columns import DateOrder, DatePart

MISSING = "_missing"
"""How the feature is called that says where a column has no value, after the column."""


class Number(Document):
    """A column that stays as it is."""

    kind: Literal["number"] = "number"
    name: str
    """Of the column."""
    is_named: bool = False
    """Whether the YAML names it, so that `?` is an empty cell."""

    @property
    def features(self) -> tuple[str, ...]:
        """What the model gets of it."""
        return (self.name,)


class Category(Document):
    """A column of one of several values."""

    kind: Literal["category"] = "category"
    name: str
    """Of the column."""
    encode: Literal["onehot", "ordinal"]
    """A column a value; or the value's place among these, from 0 on."""
    values: tuple[str, ...]
    """The values that have a column or a place, in the order of the alphabet (of Unicode's code points)."""
    has_other: bool
    """Whether a last column is 1 for all other values, of which the training rows have some."""
    features: tuple[str, ...]
    """What the model gets of it."""


class Date(Document):
    """A column of days or moments."""

    kind: Literal["date"] = "date"
    name: str
    """Of the column."""
    order: DateOrder | None = None
    """How a day is written; null as ISO 8601 has it."""
    parts: tuple[DatePart, ...]
    """What of it the model gets."""
    since: str | None
    """The column from which days are counted."""

    @property
    def features(self) -> tuple[str, ...]:
        """What the model gets of it."""
        days = [f"{self.name}_since_{self.since}"] if self.since else []
        return (*(f"{self.name}_{part}" for part in self.parts), *days)


class Scaling(Document):
    """How features get one scale and no gap, for an algorithm that needs that of them.

    Of each feature, in the order of the columns: what is subtracted, then what the rest is divided by. The
    first is the mean of the training rows, so that 0, which stands for a missing value, is their mean. Where
    the columns of a category stay as they are, it is 0, and a row without a value has 0 in all of them.
    """

    means: tuple[float, ...]
    """Of the training rows that have a value."""
    deviations: tuple[float, ...]
    """Standard deviations of these; 1 of a feature that is the same in all of them."""
    indicators: tuple[str, ...]
    """Columns without a value in some training rows: a feature more says where each is missing."""


EncodedColumn: TypeAlias = Annotated[Number | Category | Date, Field(discriminator="kind")]


class Encoding(Document):
    """All columns that the model is made of, in the table's order."""

    schema_version: Literal[1] = 1
    """Rises when a field changes its meaning."""
    missing: tuple[str, ...] = ()
    """Words for an empty cell in any column, beside the usual ones."""
    classes: tuple[str, ...] = Field(default=(), exclude_if=not_)
    """The label's classes that training rows have, in the order of the scores; empty where it has none."""
    columns: tuple[EncodedColumn, ...]
    """Each, and what becomes of it."""
    scaling: Scaling | None = Field(default=None, exclude_if=not_)
    """What is done to the features then; None where the algorithm needs nothing."""

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that the model gets, in their order."""
        made = tuple(feature for column in self.columns for feature in column.features)
        indicators = self.scaling.indicators if self.scaling else ()
        return (*made, *(f"{column}{MISSING}" for column in indicators))

    @property
    def content(self) -> bytes:
        """The file."""
        return self.model_dump_json(indent=2).encode()

    @property
    def sha256(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.content).hexdigest()
