"""What the training rows say of a table's columns: which values a category has."""

from collections import Counter
from collections.abc import Mapping, Sequence

from include.pipeline.data.encoding.record import MISSING, Category, Date, EncodedColumn, Encoding, Number
from include.pipeline.documents.table.columns import CategoryColumn, DateColumn
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError

OTHER = "(other)"
"""How the column of all other values is called, after its own column."""


def fit(names: Sequence[str], table: TableConfig, counts: Mapping[str, Mapping[str, int]]) -> Encoding:
    """Decide what becomes of each column.

    Of a category, the most frequent values have a column each; of two that are as frequent, the first of the
    alphabet. The others share one, if there are any. Nothing else of the counts is kept: as long as the same
    values are there, another version of the data has the same encoding.

    Args:
        names: The columns of the table that are neither label nor left out, in its order. A date of which
            nothing is made is for the split alone.
        table: Says what they are.
        counts: How many training rows have each value, of each category.

    Raises:
        DataError: A category has no value in the training rows; or no feature is left.
    """
    columns: list[EncodedColumn] = []
    for name in names:
        if _is_for_the_split_alone(name, table):
            continue
        match table.encoded.get(name):
            case CategoryColumn() as column:
                columns.append(_category(name, column, counts[name], shown=table.shows(name)))
            case DateColumn() as column:
                columns.append(Date(name=name, order=column.order, parts=column.parts, since=column.since))
            case None:
                columns.append(Number(name=name, is_named=name in table.numbers))
    encoding = Encoding(missing=table.missing, columns=tuple(columns))
    if not encoding.features:
        raise DataError(
            "no feature is left", "a model needs one", "Ask for a part of a date, or name a column"
        )
    return encoding


def check_features_differ(encoding: Encoding) -> None:
    """See that no two features are called the same.

    Raises:
        DataError: Two columns make features of one name.
    """
    feature, times = Counter(encoding.features).most_common(1)[0]
    if times > 1:
        makers = ", ".join(
            repr(column.name)
            for column in encoding.columns
            if feature in (*column.features, f"{column.name}{MISSING}")
        )
        raise DataError(
            f"columns {makers} make a feature of one name, {feature!r}",
            "features differ in their names",
            "Rename a column in the file, or drop one in the pipeline's YAML",
        )


def _is_for_the_split_alone(name: str, table: TableConfig) -> bool:
    column = table.encoded.get(name)
    if not isinstance(column, DateColumn) or column.parts or column.since:
        return False
    return all(name != other.since for other in table.encoded.values() if isinstance(other, DateColumn))


def _category(name: str, column: CategoryColumn, counts: Mapping[str, int], *, shown: bool) -> Category:
    present = {value: rows for value, rows in counts.items() if rows}
    if not present:
        raise DataError(
            f"column {name!r}, a category, has no value in the training rows",
            "a category has one or more",
            "Drop the column in the pipeline's YAML, or bring rows that have it",
        )
    if column.encode == "ordinal":
        return Category(
            name=name, encode="ordinal", values=tuple(sorted(present)), has_other=False, features=(name,)
        )
    frequent = sorted(present, key=lambda value: (-present[value], value))[: column.most]
    values = tuple(sorted(frequent))
    has_other = len(present) > len(values)
    # A value that people may not see is no name of a feature either.
    called = values if shown else tuple(str(number) for number in range(1, len(values) + 1))
    features = tuple(f"{name}_{value}" for value in (*called, *([OTHER] if has_other else [])))
    return Category(name=name, encode="onehot", values=values, has_other=has_other, features=features)
