"""Columns of text in a table: categories, dates, the label by its positive value; and what is refused."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from include.pipeline.data.comparison.compare import compare
from include.pipeline.data.comparison.row_hashes import row_hashes
from include.pipeline.data.profile import profile
from include.pipeline.data.reading import text_columns
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.data.table import read_table
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError


def table(**fields: Any) -> TableConfig:
    return TableConfig.model_validate({"label": "y", "show_values": True} | fields)


def read(content: str, folder: Path | None = None, **fields: Any) -> StoredTable:
    return read_table(io.BytesIO(content.encode()), table(**fields), folder)


def _values(found: StoredTable) -> list[str]:
    return list(found.categories["c"].in_order)


def test_a_category_is_numbered_by_the_alphabet() -> None:
    found = read("c,y\nbeta,0\n alpha ,1\n,0\nbeta,1\n?,1\nNA,0\n", columns={"c": "category"})
    assert _values(found) == ["alpha", "beta"]
    assert found.column("c").tolist() == [1, 0, -1, 1, -1, -1]
    assert np.concatenate([batch.column(0) for batch in found.batches(["c"])]).tolist() == [
        1,
        0,
        -1,
        1,
        -1,
        -1,
    ]


@pytest.mark.long
def test_a_category_of_many_blocks_is_one(tmp_path: Path) -> None:
    # Above four megabytes, which is a block.
    words = [f"w{number % 997}" for number in range(400_000)]
    content = pd.DataFrame({"c": words, "x": range(len(words)), "y": np.arange(len(words)) % 2})
    found = read(content.to_csv(index=False), tmp_path, columns={"c": "category"})
    assert len(list(tmp_path.iterdir())) > 1
    values = np.array(_values(found))
    assert values[found.column("c")].tolist() == words
    assert values[np.concatenate([batch.column(0) for batch in found.batches(["c"])])].tolist() == words


def test_rows_are_hashed_by_their_text() -> None:
    one = read("c,y\nb,0\na,1\n,0\n", columns={"c": "category"})
    other = read("c,y\na,1\nb,0\nA,1\n,0\n", columns={"c": "category"})
    hashes, others = row_hashes(one), row_hashes(other)
    assert [hashes[0], hashes[1], hashes[2]] == [others[1], others[0], others[3]]
    assert len(set(others)) == 4


def test_a_category_is_profiled_by_its_values_and_a_date_is_not() -> None:
    fields: dict[str, Any] = {"columns": {"c": "category", "d": "date", "i": "identifier"}, "leaks": ["z"]}
    content = "i,c,d,x,z,y\n1,a,2020-01-01,1,1,0\n2,b,,2,1,1\n3,,,2,1,1\n4,a,,1,1,0\n"
    found = profile(read(content, **fields), table(**fields))
    assert [(column.name, column.kind, column.missing) for column in found.columns] == [
        ("c", "category", 1),
        ("x", "integer", 0),
    ]
    assert sorted(rows for rows in found.columns[0].counts if rows) == [1, 2]
    assert set(found.dropped) == {"d", "i", "z"}


def test_the_drift_of_a_category_is_that_of_the_shares_of_its_values() -> None:
    told = table(columns={"c": "category"})

    def version(words: dict[str, int]) -> StoredTable:
        rows = [word for word, times in words.items() for _ in range(times)]
        lines = "".join(f"{word},{place},{place % 2}\n" for place, word in enumerate(rows))
        return read_table(io.BytesIO(f"c,x,y\n{lines}".encode()), told)

    first = version({"a": 100, "b": 200, "": 100})
    # Another value, which comes first in the alphabet, moves the numbers of all.
    second = version({"A": 40, "a": 160, "b": 120, "": 80})
    drift = compare(second, told, profile(first, told))
    column = next(column for column in drift.columns if column.name == "c")
    assert (column.kind, column.previous_kind) == ("category", "category")
    assert column.missing is not None
    assert (column.missing.share, column.missing.previous) == (0.2, 0.25)
    assert column.unseen is not None
    assert column.unseen.share == 0.1
    same = compare(first, told, profile(first, told))
    assert [column.psi for column in same.columns] == [0, 0]
    assert column.psi > 0.1


@pytest.mark.parametrize(("cells", "positive"), [(["Yes", " No ", "Yes"], "Yes"), (["2", "1", "2"], 2)])
def test_the_label_is_1_where_it_is_positive(cells: list[str], positive: str | int) -> None:
    content = "x,y\n" + "".join(f"{place},{cell}\n" for place, cell in enumerate(cells))
    assert read(content, positive=positive).column("y").tolist() == [1, 0, 1]


def test_words_of_the_yaml_are_missing_in_any_column() -> None:
    found = read("a,c,y\n1,-,0\n-999,x,1\n-,y,0\n", columns={"c": "category"}, missing=["-", -999])
    np.testing.assert_array_equal(found.column("a"), [1, np.nan, np.nan])
    assert found.column("c").tolist() == [-1, 0, 1]


def test_a_question_mark_is_missing_in_a_named_number_alone() -> None:
    found = read("a,b,y\n?,1,0\n2,1,1\n", columns={"a": "number"})
    np.testing.assert_array_equal(found.column("a"), [np.nan, 2])
    with pytest.raises(DataError, match=r"row 2, column 'a' is '\?'"):
        read("a,b,y\n?,1,0\n2,1,1\n")


def test_days_are_counted_from_1970() -> None:
    found = read("d,y\n1970-01-02,0\n,1\n1969-12-31T12:00,0\n1970-01-01 06:00:00,1\n", columns={"d": "date"})
    np.testing.assert_array_equal(found.column("d"), [1, np.nan, -0.5, 0.25])


DATE = {"columns": {"x": "date"}}
CATEGORY = {"columns": {"c": "category"}}
IDENTIFIER = {"columns": {"i": "identifier"}}
NUMBERS = "x,y\n1,0\n2,1\n"
BAD = {
    "no positive label": ({"positive": "Yes"}, "x,y\n1,No\n2,No\n", "column 'y' is never 'Yes'"),
    "only positive labels": ({"positive": "Yes"}, "x,y\n1,Yes\n2,Yes\n", "column 'y' is always 'Yes'"),
    "a third label": ({"positive": "Yes"}, "x,y\n1,Yes\n2,No\n3,no\n", "row 4, column 'y' is 'no'"),
    "a third and fourth label": ({"positive": "a"}, "x,y\n1,b\n2,c\n3,d\n", "row 3, column 'y' is 'c'"),
    "a label without a value": ({"positive": "Yes"}, "x,y\n1,Yes\n2,\n3,No\n", "row 3, column 'y'"),
    "a label that is missing": ({"positive": "Yes"}, "x,y\n1,Yes\n2,?\n3,No\n", "row 3, column 'y' is '?'"),
    "labels of text without positive": ({}, "x,y\n1,Yes\n2,No\n", "row 2, column 'y' is 'Yes'"),
    "a German date": (DATE, "x,y\n2020-01-31,0\n31.01.2020,1\n", "'x' is '31.01.2020'"),
    "a day that there is not": (DATE, "x,y\n2020-02-30,0\n,1\n", "row 2, column 'x'"),
    "a year as a date": (DATE, "x,y\n2020,0\n2021,1\n", "a date is written as 2026-11-27"),
    "a date with a zone": (DATE, "x,y\n2020-01-01T00:00Z,0\n,1\n", "row 2, column 'x'"),
    "a category that is absent": (CATEGORY, NUMBERS, "column 'c', named as category, is absent"),
    "an identifier that is absent": (IDENTIFIER, NUMBERS, "column 'i', named as identifier, is absent"),
    "a leak that is absent": ({"leaks": ["z"]}, NUMBERS, "column 'z', which leaks, is absent"),
    "a misspelt name": ({"columns": {"plann": "text"}}, "plan,y\na,0\nb,1\n", "(close: plan)"),
    "nothing but identifiers": (IDENTIFIER, "i,y\n1,0\n2,1\n", "no feature column is left"),
    "nothing but text": ({"columns": {"i": "text"}}, "i,y\n1,0\n2,1\n", "no feature column is left"),
    "nothing but leaks": ({"leaks": ["i"]}, "i,y\n1,0\n2,1\n", "no feature column is left"),
    "text in a named number": ({"columns": {"x": "number"}}, "x,y\none,0\n2,1\n", "row 2, column 'x'"),
    "text beside a category": (CATEGORY, "c,x,y\na,one,0\nb,2,1\n", "row 2, column 'x' is 'one'"),
    "a row that is too long": (CATEGORY, "c,y\na,0\nb,c,1\n", "row 3 has 3 cells"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "content", "said"), BAD.values(), ids=BAD)
def test_a_bad_table_is_refused_by_row_and_column(fields: dict[str, Any], content: str, said: str) -> None:
    with pytest.raises(DataError) as refused:
        read(content, **fields)
    assert said in str(refused.value)


def test_a_category_of_too_many_values_is_refused_by_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_columns, "MOST_VALUES", 3)
    with pytest.raises(DataError, match=r"row 6, column 'c' is 'e'(?s:.*)identifier or text"):
        read("c,y\na,0\nb,1\na,0\nd,1\ne,0\n", columns={"c": "category"})


def test_a_value_that_may_not_be_seen_is_not_quoted() -> None:
    for fields, content, said in BAD.values():
        if "row" in said:
            with pytest.raises(DataError) as refused:
                read(content, **fields | {"show_values": False})
            assert " is '" not in refused.value.found


def test_a_new_version_of_text_is_compared_by_its_numbers_and_known_by_its_rows() -> None:
    told = table(columns={"c": "category", "d": "date"})
    rows = "".join(f"{'ab'[row % 2]},2020-01-{row % 28 + 1:02},{row},{row % 3 % 2}\n" for row in range(60))
    more = "".join(f"new,2021-01-01,{row},{row % 2}\n" for row in range(60, 80))
    first = read_table(io.BytesIO(f"c,d,x,y\n{rows}".encode()), told)
    second = read_table(io.BytesIO(f"c,d,x,y\n{rows}{more}".encode()), told)
    drift = compare(second, told, profile(first, told))
    assert (drift.added, drift.missing) == ((), ())
    assert {column.name for column in drift.columns} == {"c", "x"}
    assert drift.appended is not None
    assert drift.appended.rows == 20
    # With another value in a row of before, it does not begin with the earlier version.
    other = read_table(io.BytesIO(f"c,d,x,y\n{rows.replace('a,', 'A,', 1)}{more}".encode()), told)
    assert compare(other, told, profile(first, told)).appended is None


def test_classes_are_read_as_text_whatever_they_look_like() -> None:
    found = read("x,y\n1,10\n2, 9 \n3,10\n4,high\n", kind="multiclass")
    assert list(found.categories["y"].in_order) == ["10", "9", "high"]
    assert found.column("y").tolist() == [0, 1, 0, 2]


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        ("x,y\n1,a\n2,\n", "multiclass", "row 3, column 'y' is ''\nExpected: the class is never empty"),
        ("x,y\n1,a\n2,a\n", "multiclass", "column 'y' is the same in every row"),
        (
            "x,y\n1,2.5\n2,\n",
            "regression",
            "row 3, column 'y' is ''\nExpected: the label is a number in every",
        ),
        (
            "x,y\n1,2.5\n2,high\n",
            "regression",
            "row 3, column 'y' is 'high'\nExpected: the label is a number",
        ),
        ("x,y\n1,2.5\n2,2.5\n", "regression", "column 'y' is the same in every row"),
        ("x,y\n1,2.5\n2,inf\n", "regression", "a number is finite"),
        ("x,y\n1,2.5\n2,1e39\n", "regression", "XGBoost's numbers are 0, or from"),
    ],
)
def test_a_label_that_is_not_of_its_kind_is_refused_by_row(content: str, kind: str, said: str) -> None:
    with pytest.raises(DataError) as refused:
        read(content, kind=kind)
    assert said in str(refused.value)


def test_more_classes_than_a_label_may_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_columns, "MOST_CLASSES", 2)
    with pytest.raises(DataError, match="row 4, column 'y' is 'c'") as refused:
        read("x,y\n1,a\n2,b\n3,c\n", kind="multiclass")
    assert "kind: regression" in str(refused.value)


@pytest.mark.parametrize("kind", ["multiclass", "regression"])
def test_another_kind_of_label_drifts_as_a_column(kind: str) -> None:
    before = pd.DataFrame({"x": range(400), "y": np.arange(400) % 4})
    after = before.assign(y=np.where(before["x"] < 300, 3, before["y"]))
    config = table(kind=kind)
    known = profile(read(before.to_csv(index=False), kind=kind), config)
    drift = compare(read(after.to_csv(index=False), kind=kind), config, known)
    assert known.positives is None
    assert (drift.label_rate, drift.label_psi) == (None, None)
    assert (drift.missing, drift.added) == ((), ())
    assert drift.columns[0].name == "y"
    assert drift.columns[0].psi > 0.2
