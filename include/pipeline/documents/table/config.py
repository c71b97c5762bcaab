"""The section `table` of a pipeline's YAML."""

import math
from operator import not_
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from include.pipeline.document import Document
from include.pipeline.documents.table.columns import (
    CategoryColumn,
    CellText,
    Column,
    DateColumn,
    IdentifierColumn,
    NumberColumn,
    TextColumn,
    check_columns,
)
from include.pipeline.documents.table.file_form import FileForm
from include.pipeline.values.params import LabelKind

ONE_HOT = "*"
"""What follows the beginning of the names of a group's one-hot columns."""


def _as_shuffle(rule: Any) -> Any:
    return "shuffle" if rule == "random" else rule


SplitRule: TypeAlias = Annotated[
    Literal["shuffle", "stratified", "time", "group", "hash"], BeforeValidator(_as_shuffle)
]


class TableConfig(BaseModel):
    """What the columns of the data mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(
        min_length=1, description="The column to predict: 0 or 1, or text of which positive is the 1."
    )
    kind: LabelKind = Field(
        default="binary",
        exclude_if="binary".__eq__,
        description="What the label is: binary, of two values; multiclass, one of several classes, as text "
        "or numbers; regression, a number.",
    )
    positive: CellText | None = Field(
        default=None,
        exclude_if=not_,
        description="The label's value to find, where it is not 0 and 1. It has exactly one other.",
    )
    drop: tuple[str, ...] = Field(default=(), description="Columns the model must not see.")
    leaks: tuple[str, ...] = Field(
        default=(),
        exclude_if=not_,
        description="Columns that are known only after what is predicted. They are left out as those of "
        "drop, and the report says so.",
    )
    columns: dict[str, Column] = Field(
        default={}, exclude_if=not_, description="What is not a number. A column not named here is one."
    )
    missing: tuple[CellText, ...] = Field(
        default=(),
        exclude_if=not_,
        description="What stands for an empty cell in any column, beside what does so anyway.",
    )
    file: FileForm = Field(
        default=FileForm(),
        exclude_if=FileForm().__eq__,
        description="How the file is written, where it is no CSV with commas in UTF-8.",
    )
    show_values: bool | tuple[str, ...] = Field(
        default=False,
        description="Of which columns people may see values, and counts of fewer than ten rows, in messages, "
        "logs and profiles: yes for all, or their names. Others are told by row and column.",
    )

    split: SplitRule = Field(
        default="shuffle",
        description="How rows are put on the sides of training and test. shuffle, or random: anew for each "
        "version of the data, as AWS's tutorial does. stratified: so too, with the label's shares equal on "
        "all sides. time: the newest rows are tested. group: all rows of one key are on one side. hash: by "
        "the key, or else the features, so that a row is on one side for all versions.",
    )
    key: str | None = Field(
        default=None,
        min_length=1,
        description="The column that tells whose a row is, for split: hash or group. All rows of one key are "
        "on one side. It may be among those that are dropped.",
    )
    time: str | None = Field(
        default=None,
        min_length=1,
        exclude_if=not_,
        description="The column that tells which rows are newer, for split: time: a date, or a number, which "
        "may be among those that are dropped.",
    )
    groups: dict[str, tuple[float, ...]] = Field(
        default={},
        description="By which columns figures are told: the name of each, with the values at which it is "
        "cut; without them, each value is a group, or, of more than ten numbers, each quarter. It may be a "
        "column that the model does not get. A name that ends in * stands for the one-hot columns that begin "
        "so.",
    )

    @model_validator(mode="after")
    def _sides_are_told(self) -> Self:
        if self.key is not None and self.split not in {"hash", "group"}:
            raise PydanticCustomError("key", "key: needs split: hash or group")
        if self.key is None and self.split == "group":
            raise PydanticCustomError("key", "split: group needs key, the column whose rows stay together")
        if self.key == self.label:
            raise PydanticCustomError("key", "key: {name} is the label", {"name": self.key})
        if (self.time is None) is (self.split == "time"):
            needs = "split: time needs time, a column" if self.time is None else "time: needs split: time"
            raise PydanticCustomError("time", needs)
        return self

    @model_validator(mode="after")
    def _options_are_of_the_kind(self) -> Self:
        for name in ("positive", "groups") if self.kind != "binary" else ():
            if getattr(self, name):
                raise PydanticCustomError(
                    "kind",
                    "{name}: is for a label of two values; this one is kind: {kind}",
                    {"name": name, "kind": self.kind},
                )
        if self.kind == "regression" and self.split == "stratified":
            raise PydanticCustomError("split", "split: stratified keeps shares of values: a number has none")
        return self

    @model_validator(mode="after")
    def _columns_are_one_thing(self) -> Self:
        check_columns(self.columns, label=self.label, drop=self.drop, leaks=self.leaks, time=self.time)
        return self

    @model_validator(mode="after")
    def _groups_tell_no_value(self) -> Self:
        for name, cuts in self.groups.items():
            if list(cuts) != sorted(set(cuts)) or not all(math.isfinite(cut) for cut in cuts):
                raise PydanticCustomError("cuts", "groups: the cuts of {name} rise", {"name": name})
            if name.endswith(ONE_HOT):
                if cuts:
                    raise PydanticCustomError("cuts", "groups: {name}, one-hot, has no cuts", {"name": name})
            elif not cuts and not self.shows(name):
                raise PydanticCustomError(
                    "cuts", "groups: {name} needs cuts, as show_values does not name it", {"name": name}
                )
        return self

    def shows(self, column: str) -> bool:
        """Tell whether values of a column may be seen."""
        return self.show_values if isinstance(self.show_values, bool) else column in self.show_values

    @property
    def has_text_label(self) -> bool:
        """Whether the label is read as text: that of a class, or one of which the YAML names the positive."""
        return self.kind == "multiclass" or self.positive is not None

    @property
    def is_encoded(self) -> bool:
        """Whether numbers are made of text, or of the label's classes, as the training rows have them."""
        return bool(self.encoded) or self.kind == "multiclass"

    @property
    def encoded(self) -> dict[str, CategoryColumn | DateColumn]:
        """The columns that the model gets as others that are made of them."""
        kinds = (CategoryColumn, DateColumn)
        return {name: column for name, column in self.columns.items() if isinstance(column, kinds)}

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The columns that are written beside the predictions, in the YAML's order."""
        return tuple(name for name, column in self.columns.items() if isinstance(column, IdentifierColumn))

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns of free text."""
        return tuple(name for name, column in self.columns.items() if isinstance(column, TextColumn))

    @property
    def numbers(self) -> frozenset[str]:
        """The columns that the YAML names as numbers."""
        return frozenset(name for name, column in self.columns.items() if isinstance(column, NumberColumn))

    @property
    def left_out(self) -> tuple[str, ...]:
        """All columns that the model does not get, for whichever reason."""
        return (*self.drop, *self.leaks, *self.identifiers, *self.texts)

    @property
    def groups_beside(self) -> tuple[str, ...]:
        """The columns by which figures are told, and which the model does not get as they are."""
        return tuple(name for name in self.groups if name in {*self.left_out, *self.encoded})

    @property
    def as_text(self) -> tuple[str, ...]:
        """The columns whose cells stay as they are written, as no number is read in them."""
        label = (self.label,) if self.has_text_label else ()
        return (*self.left_out, *self.encoded, *label)

    @property
    def shows_rows(self) -> bool:
        """Whether a whole row may be seen, with what it holds in columns that are dropped."""
        return self.show_values is True


class PlannedTable(Document):
    """What a plan says of the table, whichever version made it."""

    table: TableConfig
