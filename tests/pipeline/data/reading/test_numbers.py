"""Numbers that reach the model as they are written, and those that cannot."""

import io

import numpy as np
import pandas as pd
import pytest

from include.pipeline.data.table import read_table
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from tests.pipeline.data.tables import read_frame

TABLE = TableConfig(show_values=True, label="y")


def read(*cells: str) -> pd.Series:
    """Reads a table whose column x is these."""
    rows = "".join(f'"{cell}",7,{at % 2}\n' for at, cell in enumerate(cells))
    return read_frame(f"x,z,y\n{rows}".encode(), TABLE)["x"]


@pytest.mark.parametrize(
    "cell",
    [
        "1.7976931348623157e308",
        "-1.79e+308",
        "3.4028234663852886e38",
        "-3.41e38",
        "8" * 39,
        "1" + "0" * 40,
        "1e-40",
        "-4.9E-324",
        "1.17e-38",
        "0.00000000000000000000000000000000000000001",
        "1e-400",
        "-0.5e-999",
    ],
)
def test_a_number_that_xgboost_does_not_hold_is_refused(cell: str) -> None:
    with pytest.raises(DataError) as refused:
        read("1", "2", cell, "3")
    assert refused.value.found == f"row 4, column 'x' is '{cell}'"
    assert refused.value.rule == "XGBoost's numbers are 0, or from 1.2e-38 to 3.4e+38 in size"


@pytest.mark.parametrize("cell", ["inf", "-Inf", "+infinity", "INFINITY", "1e309", "-1e999"])
def test_an_infinite_number_is_refused(cell: str) -> None:
    with pytest.raises(DataError, match=r"row 3, column 'x' is .*\nExpected: a number is finite"):
        read("1", cell)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("+5", 5),
        ("-0", 0),
        ("0e999", 0),
        ("0.000", 0),
        ("-.5", -0.5),
        ("5.", 5),
        ("1E+05", 100_000),
        (" \t12 ", 12),
        ("0007", 7),
        ("3.4e38", 3.4e38),
        ("-1.2e-38", -1.2e-38),
        ("99999999999999999999", 1e20),
        ("0.1234567890123456789012345", 0.1234567890123456789),
    ],
)
def test_a_number_is_read_as_it_is_written(cell: str, value: float) -> None:
    assert read("1", cell)[1] == value


@pytest.mark.parametrize(
    "cell", ["", "nan", "NaN", "NAN", "-nan", "NA", "N/A", "#N/A", "null", "NULL", "1.#QNAN"]
)
def test_what_stands_for_no_value_is_missing(cell: str) -> None:
    assert np.isnan(read("1", cell)[1])


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("16777216", "16777217"),
        ("-16777217", "-16777216"),
        ("1700000000", "1700000001"),
        ("20261126123456", "20261126123457"),
        ("9007199254740992", "9007199254740993"),
        ("12345678901234567890", "12345678901234567891"),
        ("1e25", "10000000000000000000000001"),
    ],
)
def test_whole_numbers_that_become_one_are_refused(earlier: str, later: str) -> None:
    with pytest.raises(DataError) as refused:
        read("1", earlier, "", "2", later, "3")
    assert refused.value.found == f"column 'x' is '{earlier}' in row 3 and '{later}' in row 6"
    assert "above 16777216 neighbours become one" in refused.value.rule
    assert "Drop a column of identifiers" in refused.value.mend


def test_a_measure_of_which_few_become_one_is_taken_and_that_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    amounts = np.random.default_rng(3).integers(2**24, 2**26, size=20_000).tolist()
    distinct = len(set(amounts))
    merged = distinct - len(set(np.array(amounts, dtype=np.float32).tolist()))
    assert 0 < merged < distinct / 2
    read(*map(str, amounts))
    assert f"Column x: {merged} of {distinct} whole numbers above 16777216 are rounded" in caplog.text


def test_identifiers_in_a_row_are_refused() -> None:
    with pytest.raises(DataError, match="neighbours become one"):
        read(*(str(100_000_000 + number) for number in range(2000)))


@pytest.mark.parametrize(
    "cells",
    [
        ("16777217", "16777217"),  # rounded, and told from every other
        ("16777216", "16777218"),
        ("1700000000000", "1700086400000"),
        ("0.1", "0.10000000000000001"),
        ("16777216.5", "16777217"),  # a column of fractions is a measure, which may be rounded
        ("1e20", "100000000000000000000"),
        ("9007199254740993", "9007199254740993.0"),
    ],
)
def test_what_stays_apart_or_is_only_rounded_is_not_refused(cells: tuple[str, ...]) -> None:
    assert len(read("1", *cells)) == 3


@pytest.mark.parametrize(
    ("cell", "mend"),
    [
        ("TRUE", "Write 1 and 0 for it"),
        ("no", "Write 1 and 0 for it"),
        ("unknown", "Leave a cell without a value empty"),
        ("--", "Leave a cell without a value empty"),
        ("1 234 567", "Write it without thousands separators"),
        ("1'000.50", "Write it without thousands separators"),
        ("1.234.567,8", "Write it without thousands separators"),
        ("0,25", "Write a point before decimals"),
        ("0xFF", "Write it in decimal digits"),
        ("26.11.2026", "Name it as a date under columns, or drop it"),
        ("2026-11-26T12:00:00Z", "Name it as a date under columns, or drop it"),
        ("12.5 %", "Write a share without its sign"),
        ("€12", "Write an amount without its currency"),
        (
            "admin.",
            "Name it as category, date, identifier or text under columns of the pipeline's YAML, or drop it",
        ),
    ],
)
def test_what_is_no_number_is_told_with_what_to_do(cell: str, mend: str) -> None:
    with pytest.raises(DataError) as refused:
        read("1", cell)
    assert refused.value.found == f"row 3, column 'x' is {cell!r}"
    assert refused.value.mend == mend


def test_a_table_of_text_is_refused_with_all_its_columns_of_text() -> None:
    names = ["age", *(f"text{number}" for number in range(13))]
    rows = "".join(f"{at},{'a,' * 13}{at % 2}\n" for at in range(4))
    with pytest.raises(DataError) as refused:
        read_table(io.BytesIO(f"{','.join(names)},y\n{rows}".encode()), TABLE)
    assert refused.value.found == "row 2, column 'text0' is 'a'"
    assert "see to 'text1', 'text2'," in refused.value.mend
    assert refused.value.mend.endswith("'text10' and 2 more as well")


@pytest.mark.parametrize("label", ["yes", "True", "1e-400x", "no deposit", "-1", "inf", "2"])
def test_a_label_that_is_not_0_or_1_is_told_as_that(label: str) -> None:
    with pytest.raises(DataError, match=r"row 3, column 'y' is '.*'\nExpected: the label is 0 or 1\n"):
        read_table(io.BytesIO(f"x,y\n1,0\n2,{label}\n3,1\n".encode()), TABLE)
