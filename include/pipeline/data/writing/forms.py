"""The rows of a split in the form that an algorithm takes: encoded and scaled, where it needs that."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from include.pipeline.data.encoding.classes import told_classes
from include.pipeline.data.encoding.encoded_rows import (
    encode_table,
    encoded_features,
    fit_rows,
    unseen_rows,
)
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.parts import check_features, check_for_algorithm, check_monotone_constraints
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.split import EncodedFeatures
from include.pipeline.documents.training.algorithm import ALGORITHMS

if TYPE_CHECKING:
    from include.pipeline.documents.plan import RunPlan
    from include.pipeline.documents.table.config import TableConfig


@dataclass(frozen=True)
class Form:
    """The rows as an algorithm takes them."""

    train: Rows
    validation: Rows
    test: Rows
    encoding: Encoding | None = None
    """How they were encoded; None where they are as the table has them."""
    told: EncodedFeatures | None = None
    """What became of categories and dates."""
    classes: tuple[str, ...] = ()
    """What the label's classes are called, in the order of the scores."""


class Forms:
    """The forms of one split: algorithms that need the same share one.

    Args:
        data: The table.
        sides: Its rows to train, to validate and to test on.
        table: Says what the columns are.
        folder: Gets what is encoded.
    """

    def __init__(
        self, data: StoredTable, sides: tuple[Rows, Rows, Rows], table: "TableConfig", folder: Path
    ) -> None:
        self._data, self._table, self._folder = data, table, folder
        self._plain = Form(*sides)
        self._made: dict[tuple[bool, bool], Form] = {}

    def for_algorithm(self, plan: "RunPlan") -> Form:
        """Give the form that the plan's algorithm takes.

        Raises:
            DataError: The rows are none that it can be trained on.
            ParamError: A hyperparameter is not for a table with so many columns.
        """
        algorithm = ALGORITHMS[plan.algorithm]
        needs = (not algorithm.takes_missing, algorithm.is_sparse)
        if needs not in self._made:
            self._made[needs] = self._make(*needs)
        form = self._made[needs]
        features = len(form.train.table.names) - 1
        check_monotone_constraints(plan.params.hyperparameters, features)
        if form.encoding:
            classes = told_classes(self._data, form.encoding, self._table, plan.params.hyperparameters)
            form = replace(form, classes=classes)
        check_for_algorithm(plan, features=features, rows=len(form.train), classes=len(form.classes))
        return form

    def _make(self, is_scaled: bool, is_sparse: bool) -> Form:
        train, *others = sides = (self._plain.train, self._plain.validation, self._plain.test)
        label = self._table.label
        if is_scaled:
            # Of a column without any value, there is no mean.
            check_features(train, others, [name for name in self._data.names if name != label])
        if not is_scaled and not self._table.is_encoded:
            return self._plain
        encoding = fit_rows(train, self._table, is_scaled=is_scaled, is_sparse=is_sparse)
        told = encoded_features(encoding, self._table, unseen_rows(train, others))
        folder = self._folder / f"encoded-{len(self._made) + 1}"
        folder.mkdir()
        encoded = encode_table(self._data, encoding, label, folder)
        train, validation, test = (Rows(encoded, part.order) for part in sides)
        return Form(train, validation, test, encoding, told)
