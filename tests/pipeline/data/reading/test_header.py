"""First lines that are no header of this table, each told as what it is."""

import io

import pytest

from include.pipeline.data.reading.header import columns_of
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError


def refusal(content: str) -> DataError:
    with pytest.raises(DataError) as refused:
        columns_of(io.BytesIO(content.encode()), TableConfig(show_values=True, label="y", drop=("no",)))
    return refused.value


@pytest.mark.parametrize(
    ("content", "named", "mend"),
    [
        ("age;job;y;no\n1;2;0;1\n", "semicolons", 'file: {delimiter: ";"}'),
        ('"age";"job";"y";"no"\n1;2;0;1\n', "semicolons", 'file: {delimiter: ";"}'),
        ("age;balance in 1,000;y;no\n1,5;2;0;1\n", "semicolons", 'file: {delimiter: ";"}'),
        ("age\ty\tno\n1\t0\t1\n", "tabs", 'file: {delimiter: "\\t"}'),
        ("age\tjob, kind\ty\tno\n1\t2\t0\t1\n", "tabs", 'file: {delimiter: "\\t"}'),
        ("age|y|no\n1|0|1\n", "bars", 'file: {delimiter: "|"}'),
        ("age y no\n1 0 1\n", "blanks", "pandas.read_csv('data.csv', sep=' ')"),
        ("age:y:no\n1:0:1\n", "colons", "pandas.read_csv('data.csv', sep=':')"),
        ("age;other\n1;0\n", "semicolons", 'file: {delimiter: ";"}'),
    ],
)
def test_another_separator_is_named(content: str, named: str, mend: str) -> None:
    fault = refusal(content)
    assert f"its cells are separated by {named}" in fault.found
    assert fault.rule == "cells are separated by commas, and decimals by points"
    assert mend in fault.mend


@pytest.mark.parametrize("line", ["1,2,0", "31.5,-4,1e5", "0,,1", "+1,2.,.3", " 1, 2"])
def test_rows_without_a_header_are_named(line: str) -> None:
    fault = refusal(f"{line}\n1,2,0\n")
    assert fault.found == f"the first line is {line!r}: numbers, and column 'y', the label, is absent"
    assert fault.mend == "Write the names above the rows"


@pytest.mark.parametrize(
    "line", ["# of November", "sep=,", "// made by hand", "<<<<<<< HEAD", "#a,b", "sep=;"]
)
def test_what_stands_above_the_header_is_named(line: str) -> None:
    fault = refusal(f"{line}\nage,y,no\n1,0,1\n")
    assert fault.found.startswith(f"the first line is {line!r}: ")
    assert fault.mend == "Remove what stands above the header"


@pytest.mark.parametrize(
    "content", ["age;y,y,no\n", "a b,y,no\n", "sep=x,y,no\n", "#,y,no\n", "1,2,y,no\n", "a|b,y,no\n"]
)
def test_odd_names_beside_the_label_are_names(content: str) -> None:
    assert (
        columns_of(io.BytesIO(content.encode()), TableConfig(show_values=True, label="y", drop=("no",)))[1][
            -1
        ]
        == "y"
    )


def test_a_comma_at_the_end_is_told_with_what_to_do() -> None:
    assert refusal("age,y,no,\n1,0,1,\n").mend == "Name it, or remove the comma at the end of each line"
