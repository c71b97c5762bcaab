"""The table: what is read, what is refused."""

import numpy as np
import pandas as pd
import pytest

from include.pipeline.data.reading import blocks
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from tests.pipeline.data.tables import read_frame


def table(*drop: str) -> TableConfig:
    return TableConfig(show_values=True, label="y", drop=drop)


def read(text: str | bytes, *drop: str) -> pd.DataFrame:
    return read_frame(text.encode() if isinstance(text, str) else text, table(*drop))


def refusal(text: str | bytes, *drop: str) -> str:
    with pytest.raises(DataError) as refused:
        read(text, *drop)
    return str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "age,pdays,y\n31,999,0\n42,3,1\n",
        ",age,pdays,y\n0,31,999,0\n1,42,3,1\n",
        "Unnamed: 0,age,pdays,y\n0,31,999,0\n1,42,3,1\n",
        "\ufeffage,pdays,y\n31,999,0\n42,3,1",
        "\ufeff,age,pdays,y\r\n0,31,999,0\r\n1,42,3,1\r\n",
        '"age","pdays","y"\r\n"31","999","0"\r\n"42","3","1"\r\n',
        "\nage,pdays,y\n\n31,999,0\n\n42,3,1\n\n",
        "age,pdays,y\n 31,+999,0.0\n42 ,3e0,1\n",
    ],
)
def test_a_table_is_read_with_or_without_index_mark_and_carriage_returns(text: str) -> None:
    expected = pd.DataFrame({"age": [31.0, 42.0], "pdays": [999.0, 3.0], "y": [0, 1]})
    pd.testing.assert_frame_equal(read(text), expected)


def test_features_may_be_missing() -> None:
    frame = read("age,pdays,y\n,999,0\n42,NaN,1\n")
    assert frame.isna().to_numpy().tolist() == [[True, False, False], [False, True, False]]


def test_dropped_columns_are_not_looked_at() -> None:
    frame = read("name,age,left,y\nMüller,31,inf,0\n,42,,1\n", "name", "left")
    assert frame.to_dict("list") == {"age": [31.0, 42.0], "y": [0, 1]}


def test_a_column_may_change_its_look_after_the_first_megabyte() -> None:
    frame = read("age,y\n" + "10,0\n" * 400_000 + "1.5,1\n")
    assert (len(frame), frame["age"].iloc[-1], frame["age"].sum()) == (400_001, 1.5, 4_000_001.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "the file has no columns"),
        (b"\n\n", "the file has no columns"),
        (b"age,y\n", "the table has no rows"),
        (b"age,y", "the table has no rows"),
        (b"age,x\n1,0\n", "column 'y', the label, is absent\nExpected: it is one of the 2 columns\n"),
        (b"age,Y_yes,y_yes,z\n", "column 'y', the label, is absent\nExpected: it is one of the 4 columns\n"),
        (b"age,yy,z\n", "column 'y', the label, is absent\nExpected: it is one of the 3 columns (close: yy)"),
        (b"age;y\n1;0\n", "the first line is 'age;y': its cells are separated by semicolons"),
        (b"y\n1\n0\n", "no feature column is left"),
        (b",y\n0,1\n1,0\n", "no feature column is left"),
        (b"age,y,age\n1,0,1\n", "column 'age' is there twice"),
        (b"age,,y\n1,1,0\n", "column 2 is named ''"),
        (b",age, ,y\n1,1,1,0\n", "column 3 is named ' '"),
        (b",Unnamed: 0,age,y\n1,1,1,0\n", "column 2 is named 'Unnamed: 0'"),
        (b"age,y\n1,0\n2\n3,1\n", "row 3 has 1 cells: '2'\nExpected: every row has 2"),
        (b"age,y\n1,0\n\n2,1\n3,1,7\n", "row 4 has 3 cells: '3,1,7'\nExpected: every row has 2"),
        (b"age,y\n1,0\n31,1\nold,0\n", "row 4, column 'age' is 'old'\nExpected: a cell is a number or empty"),
        (b"age,y\n1,0\nTrue,1\n", "row 3, column 'age' is 'True'\nExpected: a cell is a number or empty"),
        (b"age,y\n1,0\n0x1F,1\n", "row 3, column 'age' is '0x1F'\nExpected: a cell is a number or empty"),
        (b"age,y\n1,0\n ,1\n", "row 3, column 'age' is ' '\nExpected: a cell is a number or empty"),
        (b"age,y\n1,0\ninf,1\n", "row 3, column 'age' is 'inf'\nExpected: a number is finite"),
        (b"age,y\n1,0\n-1e999,1\n", "row 3, column 'age' is '-1e999'\nExpected: a number is finite"),
        (b"age,y\n1,yes\n2,no\n", "row 2, column 'y' is 'yes'\nExpected: the label is 0 or 1\nTo do: "),
        (b"age,y\n1,0\n2,2\n", "row 3, column 'y' is '2'\nExpected: the label is 0 or 1"),
        (b"age,y\n1,0\n2,0.5\n", "row 3, column 'y' is '0.5'\nExpected: the label is 0 or 1"),
        (b"age,y\n1,0\n2,\n", "row 3, column 'y' is ''\nExpected: the label is 0 or 1"),
        (b"age,y\n1,1\n2,1\n", "column 'y' is 1 in every row\nExpected: the label has both 0 and 1"),
        (b"age,y\n1,0\n,1\n", "row 3, column 'age' is ''\nExpected: the only feature is never empty"),
        (b"\xe4ge,y\n1,0\n", "line 1 holds b'\\xe4'\nExpected: the file has to be UTF-8"),
        ("age,y\n1,0\n".encode("utf-16"), "the file is text in UTF-16\nExpected: the table is a CSV file"),
        (b"age,y\n" + b"1,0\n" * 9000 + b"\xe4,1\n", "line 9002 holds b'\\xe4'\nExpected: the file has"),
        (b"age,y\n" + b"1,0\n" * 600_000 + b"1,1,\xc3", "line 600002 holds b'\\xc3'\nExpected: the file has"),
        (b'age,y\n"1,0\n2,1\n', "row 2 has 1 cells"),
        (
            b"age,y\n" + b" " * 2**25 + b"1,0\n",
            "a row does not end, or is too long\nExpected: a row has at most 16777216",
        ),
        (b"a" * 200_000 + b",y\n1,0\n", "the header (field larger than field limit (131072))"),
    ],
)
def test_a_table_that_cannot_be_trained_on_is_refused(text: bytes, said: str) -> None:
    assert said in refusal(text)


FIRST_ROWS = "".join(f"{at},0.5,{at % 2}\n" for at in range(100))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("x,0.5,1\n", "row 102, column 'age' is 'x'\nExpected: a cell is a number or empty"),
        ("7,y,1\nx,0.5,1\n", "row 103, column 'age' is 'x'\n"),
        ("0x1F,0.5,1\n", "row 102, column 'age' is '0x1F'\nExpected: a cell is a number or empty"),
        ("7,0X1f,1\n", "row 102, column 'share' is '0X1f'\nExpected: a cell is a number or empty"),
        ("7,1e-400,1\n", "row 102, column 'share' is '1e-400'\nExpected: XGBoost's numbers are 0, or from"),
        (f"7,0.{'0' * 330}1,1\n", "row 102, column 'share' is '0.000"),
        ("7,1e-39,1\n", "row 102, column 'share' is '1e-39'\nExpected: XGBoost's numbers"),
        ("7,-1e39,1\n", "row 102, column 'share' is '-1e39'\nExpected: XGBoost's numbers"),
        ("7,inf,1\n", "row 102, column 'share' is 'inf'\nExpected: a number is finite"),
        ("7,0.5,2\n", "row 102, column 'y' is '2'\nExpected: the label is 0 or 1"),
        ("7,0.5,\n", "row 102, column 'y' is ''\nExpected: the label is 0 or 1"),
        ("7,0.5\n", "row 102 has 2 cells: '7,0.5'\nExpected: every row has 3"),
        ("100000001,0.5,1\n100000002,0.5,1\n", "is '100000001' in row 102 and '100000002' in row 103\n"),
    ],
)
def test_a_fault_far_down_is_told_by_its_row(rows: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 64)
    for below in ("", FIRST_ROWS):
        assert said in refusal(f"age,share,y\n{FIRST_ROWS}{rows}{below}")


def test_a_column_may_change_its_look_far_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 64)
    rows = "300,1e-5,1\n-70000,,0\n+5,NaN,1\n 1.5 ,7,0\n,0.25,1\n5000000000,.5,0\n"
    frame = read(f"age,share,y\n{FIRST_ROWS}{rows}{FIRST_ROWS}")
    ages, shares = frame["age"].tolist(), frame["share"].tolist()
    assert ages[:100] == ages[106:] == list(range(100))
    assert shares[:100] == shares[106:] == [0.5] * 100
    np.testing.assert_array_equal(ages[100:106], [300, -70000, 5, 1.5, np.nan, 5e9])
    np.testing.assert_array_equal(shares[100:106], [1e-5, np.nan, np.nan, 7, 0.25, 0.5])


def test_a_dropped_column_may_have_line_breaks_wherever_a_block_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 64)
    rows = "".join(f'"some\nnote, the ""{at}""th",{at},{at % 2}\n' for at in range(100))
    assert read(f"note,age,y\n{rows}", "note")["age"].tolist() == list(range(100))


def test_a_column_to_drop_has_to_be_there() -> None:
    message = refusal("age,y_no,y\n1,1,0\n", "y_on")
    assert "column 'y_on', to drop, is absent\nExpected: it is one of the 3 columns (close: y_no)" in message


def test_the_label_cannot_be_dropped() -> None:
    assert "column 'y' is label and dropped" in refusal("age,y\n1,0\n2,1\n", "y")


def test_a_table_of_dropped_columns_is_refused() -> None:
    assert "no feature column is left" in refusal("age,y\n1,0\n2,1\n", "age")
