"""Columns of text, block by block: numbers of a category's values, days of dates, the label as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from include.pipeline.data.encoding.cells import NoDateError, clean, days_of
from include.pipeline.data.reading.numbers import Rule
from include.pipeline.documents.table.columns import DateColumn
from include.pipeline.documents.table.config import TableConfig

MOST_VALUES = 2**16
"""Of a category."""
MOST_CLASSES = 1000
"""Of a label."""
_MEND_OF_DATE = (
    "Name another order of it in the YAML, write it so, leave the cell empty, or have the column as text"
)
_CATEGORY = Rule(
    f"a category has at most {MOST_VALUES} values",
    "Have the column as identifier or text in the pipeline's YAML: the model does not get it",
)
_CLASS = Rule("the class is never empty", "Fill in the cell, or leave the row out")
_CLASSES = Rule(
    f"a label has at most {MOST_CLASSES} classes",
    "Where the label is a number, write kind: regression into the pipeline's YAML",
)
_LABEL = Rule(
    "the label is positive, as the pipeline's YAML has it, or one other value, and never empty",
    "Correct the cell, or leave the row out",
)


@dataclass
class TextColumns:
    """Reads the text of one file. A value has the number of its first appearance."""

    table: TableConfig
    faults: dict[str, tuple[int, Rule]] = field(default_factory=dict)
    """Of columns that break a rule, the first row that does, from 0 on, and the rule."""
    _codes: dict[str, dict[str, int]] = field(default_factory=dict)
    _rows: int = 0

    @property
    def names(self) -> frozenset[str]:
        """The columns that are read as text."""
        label = (self.table.label,) if self.table.has_text_label else ()
        return frozenset((*self.table.encoded, *label))

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The values of each category that were met, in the order of their numbers."""
        own = self.table.label if self.table.positive is not None else None
        return {name: tuple(codes) for name, codes in self._codes.items() if name != own}

    def read(self, cells: Mapping[str, pa.StringArray]) -> dict[str, pa.Array | NoDateError]:
        """Look at the cells of a block, by themselves: blocks may be read in any order."""
        return {name: self._read(name, text) for name, text in cells.items()}

    def add(self, block: dict[str, pa.Array | NoDateError], rows: int) -> dict[str, pa.Array]:
        """Number the values of the next block, in the file's order.

        Args:
            block: As `read` returns it.
            rows: Of the block.
        """
        found = {}
        for name, cells in block.items():
            if isinstance(cells, NoDateError):
                self._note(name, cells.place, Rule(f"a date is written {cells.written}", _MEND_OF_DATE))
                found[name] = pa.array(np.full(rows, np.nan))
            elif isinstance(cells, pa.DictionaryArray):
                found[name] = self._numbered(name, cells)
            else:
                found[name] = cells
        self._rows += rows
        return found

    def _read(self, name: str, text: pa.StringArray) -> "pa.Array | NoDateError":
        cleaned = clean(text, self.table.missing)
        column = self.table.columns.get(name)
        if not isinstance(column, DateColumn):
            return cleaned.dictionary_encode()
        try:
            return days_of(cleaned, column.order)
        except NoDateError as error:
            return error

    def _numbered(self, name: str, cells: pa.DictionaryArray) -> pa.Array:
        is_label, positive = name == self.table.label, self.table.positive
        if is_label and positive is None:
            return self._classes(name, cells)
        positive = positive if is_label else None
        codes = self._codes.setdefault(name, {} if positive is None else {positive: 1})
        most, rule = (2, _LABEL) if is_label else (MOST_VALUES, _CATEGORY)
        numbers = np.empty(len(cells.dictionary) + 1, dtype=np.int32)
        numbers[-1] = -1  # of a cell without a value
        for place, value in enumerate(cells.dictionary.to_pylist()):
            if value not in codes and len(codes) == most:
                self._note(name, pc.index(cells.indices, pa.scalar(place, cells.indices.type)).as_py(), rule)
                numbers[place] = 0
            else:
                numbers[place] = codes.setdefault(value, 0 if is_label else len(codes))
        if is_label and cells.null_count:
            self._note(name, pc.index(cells.is_null(), True).as_py(), rule)
        found = numbers[cells.indices.fill_null(-1).to_numpy()]
        return pa.array(found.clip(0).astype(np.int8) if is_label else found)

    def _classes(self, name: str, cells: pa.DictionaryArray) -> pa.Array:
        codes = self._codes.setdefault(name, {})
        if cells.null_count:
            self._note(name, pc.index(cells.is_null(), True).as_py(), _CLASS)
        numbers = np.zeros(len(cells.dictionary) + 1, dtype=np.int32)
        for place, value in enumerate(cells.dictionary.to_pylist()):
            if value not in codes and len(codes) == MOST_CLASSES:
                at = pc.index(cells.indices, pa.scalar(place, cells.indices.type)).as_py()
                self._note(name, at, _CLASSES)
                continue
            numbers[place] = codes.setdefault(value, len(codes))
        return pa.array(numbers[cells.indices.fill_null(-1).to_numpy()])

    def _note(self, name: str, place: int, rule: Rule) -> None:
        at = self._rows + place
        if name not in self.faults or at < self.faults[name][0]:
            self.faults[name] = at, rule
