"""Who reads a task's log, a stored profile or a page sees no value of a table whose YAML does not show it.

A value is planted in a random place of a table that is at fault in a random way. It may stand in no message,
traceback, log or document.
"""

import csv
import io
import logging
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from include.pipeline.data.comparison.compare import compare
from include.pipeline.data.drift import check_drift, failures, warnings
from include.pipeline.data.profile import profile
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import PipelineError
from tests.pipeline.data.tables import stored

pytestmark = pytest.mark.slow

HIDDEN = TableConfig(label="y", drop=("note",))
SHOWN = TableConfig(label="y", drop=("note",), show_values=True)
NAMES = ["age", "job", "note", "y"]

# Long enough that no message holds it by chance, short enough that a message would quote it.
secrets = st.text("ghjkqvwxzGHJKQVWXZ", min_size=12, max_size=14)
numbers = st.integers(10**11, 10**12).filter(lambda number: number % 10).map(str)


@dataclass(frozen=True)
class Planted:
    """A table, and what is planted in it."""

    value: str
    content: bytes


def rows() -> list[list[str]]:
    return [[str(20 + at % 40), str(at % 3), "7.5", str(at % 2)] for at in range(60)]


def written(lines: list[list[str]], header: list[str] | None = None) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([header or NAMES, *lines])
    return file.getvalue()


def in_a_cell(value: str, at: int, column: int) -> bytes:
    """As it is: text where a number belongs, or a number that is too large or not the label's."""
    lines = rows()
    lines[at][column] = value
    return written(lines).encode()


def with_a_cell_more(value: str, at: int, column: int) -> bytes:
    lines = rows()
    lines[at].insert(column, value)
    return written(lines).encode()


def with_a_cell_less(value: str, at: int, column: int) -> bytes:
    lines = rows()
    lines[at][column] = value
    lines[at].pop(column - 1)
    return written(lines).encode()


def in_a_file_without_header(value: str, at: int, column: int) -> bytes:
    lines = rows()
    lines[0][column] = value
    return written(lines[1:] if at % 2 else lines, header=lines[0]).encode()


def twice_in_a_file_without_header(value: str, at: int, column: int) -> bytes:
    lines = rows()
    return written(lines[at:], header=[value, lines[0][column], value, "0"]).encode()


def below_an_open_quote(value: str, at: int, column: int) -> bytes:
    """Where the header's first name takes in what follows."""
    return b'y,"' + in_a_cell(value, at % 3, column)


def behind_an_open_quote(value: str, at: int, column: int) -> bytes:
    """Where one cell takes in what follows."""
    return in_a_cell(value, at, column).replace(value.encode(), b'"' + value.encode())


def beside_other_encodings(value: str, at: int, column: int) -> bytes:
    return in_a_cell(value, at, column).replace(value.encode(), value.encode() + b"\xe4\xf6")


def with_other_separators(value: str, at: int, column: int) -> bytes:
    separator = b";\t|"[at % 3 : at % 3 + 1]
    return in_a_file_without_header(value, at, column).replace(b",", separator)


def in_an_endless_row(value: str, at: int, column: int) -> bytes:
    return in_a_cell(value + "," * 5 + " " * 100, at, column)


FAULTS: list[Callable[[str, int, int], bytes]] = [
    in_a_cell,
    with_a_cell_more,
    with_a_cell_less,
    in_a_file_without_header,
    twice_in_a_file_without_header,
    below_an_open_quote,
    behind_an_open_quote,
    beside_other_encodings,
    with_other_separators,
    in_an_endless_row,
]
planted = st.builds(
    lambda value, fault, at, column: Planted(value, fault(value, at, column)),
    secrets | numbers | secrets.map(lambda text: f"{text} {text}"),
    st.sampled_from(FAULTS),
    st.integers(0, 59),
    st.integers(0, 3),
)


def what_is_seen(content: bytes, table: TableConfig, caplog: pytest.LogCaptureFixture) -> str:
    """All that reading, splitting and comparing a table leaves for people to see."""
    caplog.clear()
    seen = []
    with caplog.at_level(logging.DEBUG):
        try:
            frame = read_table(io.BytesIO(content), table)
            seen.append(profile(frame, table).model_dump_json())
            before = read_table(io.BytesIO(written(rows()).encode()), table)
            drift = compare(frame, table, profile(before, table))
            seen.append(drift.model_dump_json())
            seen += warnings(drift, DriftLimits())
            check_drift(drift, DriftLimits(psi_fail=0.1))
            split_table(frame, table, train_fraction=0.5, seed=1)
        except PipelineError as error:
            seen += [repr(error), *traceback.format_exception(error)]
    return "\n".join([*seen, caplog.text])


@settings(max_examples=400, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(planted=Planted("Wqxzhjkgvz", b"age,y\n1,0\nWqxzhjkgvz,1\n"))
@example(planted=Planted("Wqxzhjkgvz", b"Wqxzhjkgvz,Wqxzhjkgvz\n1,0\n2,1\n"))
@example(planted=Planted("8374651.25", b"age,y\n" + b"1,0\n2,1\n" * 20 + b"8374651.25,1\n"))
@example(planted=Planted("123456789013", b"age,y\n" + b"123456789012,0\n123456789013,1\n"))
@given(planted=planted)
def test_a_planted_value_is_seen_nowhere(planted: Planted, caplog: pytest.LogCaptureFixture) -> None:
    seen = what_is_seen(planted.content, HIDDEN, caplog)
    # A float may be written with another end than the text has.
    for value in {planted.value, planted.value.split()[0]}:
        assert value not in seen
        assert value[:9] not in seen


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault is not beside_other_encodings])
def test_each_fault_would_be_seen_where_the_yaml_shows_values(
    fault: Callable[[str, int, int], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    """Shows that the faults of the test above are attacks."""
    seen = [
        value in what_is_seen(fault(value, at, column), SHOWN, caplog)
        for value in ("ghjkqvwxzGHJ", "837465291837")
        for at in (0, 1)
        for column in (0, 1)
    ]
    assert any(seen)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"age,y\n1,0\nold,1\n", "row 3, column 'age'\nExpected: a cell is a number or empty"),
        (b"age,y\n1,0\n2,5\n", "row 3, column 'y'\nExpected: the label is 0 or 1"),
        (b"age,y\n1,0\n2,1,3\n", "row 3 has 3 cells\nExpected: every row has 2"),
        (b"age,y\n1,0\n\xe4,1\n", "line 3 holds other bytes\nExpected: the file has to be UTF-8"),
        (b"1,0\n2,1\n", "the first line: numbers, and column 'y', the label, is absent"),
        (b"age,yes\n1,0\n2,1\n", "column 'y', the label, is absent\nExpected: it is one of the 2 columns\n"),
        (b"age;y\n1;0\n", "the first line: its cells are separated by semicolons"),
        (b'"age,y\n1,0\n', "column 1 has a name of another kind\nExpected: a name holds no line breaks"),
        (
            b"age,y\n99999999,0\n99999998,1\n99999997,1\n",
            "column 'age' is one number in row 3 and another in row 4\nExpected: numbers differ in 32",
        ),
    ],
)
def test_a_message_names_row_and_column_instead(content: bytes, said: str) -> None:
    with pytest.raises(PipelineError) as refused:
        read_table(io.BytesIO(content), TableConfig(label="y"))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("header", "close"),
    [("age,y yes", "(close: y yes)"), ("age,Yyes", "(close: Yyes)"), ("age,yes", "")],
)
def test_a_label_that_is_spelt_otherwise_is_told_and_what_is_merely_like_it_is_not(
    header: str, close: str
) -> None:
    with pytest.raises(PipelineError) as refused:
        read_table(io.BytesIO(f"{header}\n1,0\n2,1\n".encode()), TableConfig(label="y_yes"))
    assert refused.value.rule == f"it is one of the 2 columns {close}".rstrip()


def test_columns_are_shown_one_by_one(caplog: pytest.LogCaptureFixture) -> None:
    table = TableConfig(label="y", show_values=("age",))
    for name, sees in (("age", True), ("job", False)):
        content = f"age,job,y\n1,1,0\n{'secretly,1' if name == 'age' else '1,secretly'},1\n".encode()
        assert ("secretly" in what_is_seen(content, table, caplog)) is sees
    # A row holds more than one column.
    assert "secretly" not in what_is_seen(b"age,job,y\n1,1,0\nsecretly,1\n", table, caplog)


def test_a_column_to_show_has_to_be_there() -> None:
    with pytest.raises(PipelineError, match="column 'aeg', to show values of, is absent"):
        read_table(io.BytesIO(b"age,y\n1,0\n2,1\n"), TableConfig(label="y", show_values=("aeg",)))


columns = st.one_of(
    st.lists(st.integers(0, 3), min_size=1, max_size=200),
    st.lists(st.integers(10**6, 2 * 10**6), min_size=1, max_size=200),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200),
    st.lists(st.none() | st.integers(0, 1), min_size=1, max_size=60),
)


def significant_digits(value: float) -> int:
    return len(re.sub(r"\D", "", f"{value:.17g}".partition("e")[0]).strip("0"))


@settings(max_examples=300, derandomize=True)
@given(values=columns)
def test_a_profile_counts_no_fewer_than_ten_rows_and_names_no_rare_value(values: list[float | None]) -> None:
    frame = pd.DataFrame({"a": pd.Series(values, dtype="float64"), "y": 0})
    found = profile(stored(frame), HIDDEN)
    (column,) = found.columns
    told = [*column.counts, column.missing]
    assert sum(told) == found.rows == len(values)
    assert [count for count in told if 0 < count < 10] in ([], [len(values)])
    assert list(column.edges) == sorted(set(column.edges))
    present, times = np.unique(frame["a"].dropna(), return_counts=True)
    rare = present[times < 10]
    # A rounded edge may be a rare value by chance: what is not round never is one.
    odd = {value for value in rare.tolist() if significant_digits(value) > 4}
    assert not odd & set(column.edges)


def test_few_values_among_missing_ones_are_not_told() -> None:
    frame = pd.DataFrame({"a": [np.nan] * 10 + [5.0], "y": 0})
    (column,) = profile(stored(frame), HIDDEN).columns
    assert (sum(column.counts), column.missing) == (0, 11)


def test_few_missing_values_and_few_positives_are_not_told() -> None:
    frame = pd.DataFrame({"a": [np.nan] * 9 + [1.0] * 50 + [2.0] * 41, "y": [1] * 9 + [0] * 91})
    found = profile(stored(frame), HIDDEN)
    assert (found.positives, found.columns[0].missing, sum(found.columns[0].counts)) == (0, 0, 100)
    again = compare(stored(frame), HIDDEN, found)
    assert (again.label_rate, again.label_psi, again.columns[0].psi) == (0, 0, 0)
    assert profile(stored(frame), SHOWN).positives == profile(stored(frame), SHOWN).columns[0].missing == 9


def test_a_misfit_is_told_by_its_row() -> None:
    before = pd.DataFrame({"a": range(40), "y": [0, 1] * 20})
    after = before.assign(a=before["a"].astype("float64"))
    after.loc[7, "a"] = 837465.25
    drift = compare(stored(after), HIDDEN, profile(stored(before), HIDDEN))
    assert "837465" not in drift.model_dump_json()
    assert failures(drift, DriftLimits()) == [
        ("column 'a' is a number with a fraction in row 9", "it has to be a whole number, as before")
    ]
    shown = compare(stored(after), SHOWN, profile(stored(before), SHOWN))
    assert failures(shown, DriftLimits())[0][0] == "column 'a' holds 837465.25"
