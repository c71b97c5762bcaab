"""Files of every form that is read: each gives the table that pandas reads of it. Others are refused."""

import codecs
import csv
import gzip
import io
import json
import logging
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from include.pipeline.documents.table.file_form import FileForm
from include.pipeline.errors import DataError
from include.pipeline.source.forms.plain_csv import as_plain_csv

MOST = 1_000_000
FRAME = pd.DataFrame(
    {
        "age": [31, 42, 53],
        "balance": [1.5, -2000.25, 1e-7],
        "plan": ["básic, 1", 'th"e; other', "line\nbreak"],
        "y": [0, 1, 0],
    }
)


def read(content: bytes, *, most: int = MOST, texts: tuple[str, ...] = (), **form: Any) -> str:
    with as_plain_csv(io.BytesIO(content), FileForm(**form), most=most, texts=texts) as file:
        return file.read().decode()


def frame(content: bytes, **form: Any) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(read(content, **form)))


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def parquet_of(table: pd.DataFrame | pa.Table, **options: Any) -> bytes:
    file = io.BytesIO()
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table)
    pyarrow.parquet.write_table(arrow, file, **options)
    return file.getvalue()


PLAIN = FRAME.to_csv(index=False).encode()


def test_a_plain_csv_is_the_file_itself() -> None:
    with io.BytesIO(PLAIN) as file, as_plain_csv(file, FileForm(), most=1) as found:
        assert found is file
        assert found.tell() == 0


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_each_delimiter_and_decimal_sign_gives_the_table(delimiter: str, decimal: str, quoting: Any) -> None:
    content = FRAME.to_csv(index=False, sep=delimiter, decimal=decimal, quoting=quoting).encode()
    expected = pd.read_csv(io.BytesIO(content), sep=delimiter, decimal=decimal)
    found = frame(content, delimiter=delimiter, decimal=decimal, texts=("plan",))
    pd.testing.assert_frame_equal(found, expected)
    pd.testing.assert_frame_equal(found, FRAME)


@pytest.mark.parametrize(
    "encoding", ["latin-1", "windows-1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_each_encoding_gives_the_table_and_the_log_says_so(
    encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    assert read(PLAIN.decode().encode(encoding), encoding=encoding) == PLAIN.decode()
    assert f"text in {encoding}: it is written in UTF-8" in caplog.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_the_first_bytes_tell_needs_no_word(encoding: str) -> None:
    assert read(PLAIN.decode().encode(encoding)) == PLAIN.decode()
    assert read(("\ufeff" + PLAIN.decode()).encode(encoding)) == PLAIN.decode()


def test_utf_8_with_a_mark_and_semicolons() -> None:
    assert read(codecs.BOM_UTF8 + b"age;y\n1;0\n", delimiter=";") == "age,y\n1,0\n"


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_zip_with_one_file_is_unpacked(method: int) -> None:
    assert read(zipped({"bank.csv": PLAIN}, method)) == PLAIN.decode()


def test_what_macos_adds_to_a_zip_is_no_file_of_it() -> None:
    added = {"data/": b"", "__MACOSX/._bank.csv": b"x", "data/.DS_Store": b"x", "data/bank.csv": PLAIN}
    assert read(zipped(added)) == PLAIN.decode()


def test_gzip_is_unpacked_all_of_its_members() -> None:
    assert read(gzip.compress(PLAIN[:20]) + gzip.compress(PLAIN[20:])) == PLAIN.decode()


def test_forms_are_combined() -> None:
    content = FRAME.to_csv(index=False, sep=";", decimal=",").encode("latin-1")
    form = {"delimiter": ";", "decimal": ",", "encoding": "latin-1", "texts": ("plan",)}
    pd.testing.assert_frame_equal(frame(gzip.compress(content), **form), FRAME)
    pd.testing.assert_frame_equal(frame(zipped({"a": content}), **form), FRAME)
    pd.testing.assert_frame_equal(frame(gzip.compress(parquet_of(FRAME))), FRAME)


def test_a_header_that_is_missing_is_written() -> None:
    content = FRAME.to_csv(index=False, header=False).encode()
    pd.testing.assert_frame_equal(frame(content, header=list(FRAME)), FRAME)


@pytest.mark.parametrize(
    "options", [{}, {"row_group_size": 1}, {"compression": "zstd"}, {"use_dictionary": False}]
)
def test_parquet_gives_the_table(options: dict[str, Any]) -> None:
    content = parquet_of(FRAME, **options)
    pd.testing.assert_frame_equal(frame(content), pd.read_parquet(io.BytesIO(content)))


def test_parquet_of_every_type_is_text_that_reads_alike() -> None:
    times = pd.to_datetime(["2026-01-31 12:30:00", None])
    table = pa.table(
        {
            "small": pa.array([1, None], pa.int8()),
            "large": pa.array([2**63 - 1, -(2**63)], pa.int64()),
            "single": pa.array([0.1, float("nan")], pa.float32()),
            "double": pa.array([0.1 + 0.2, None], pa.float64()),
            "flag": pa.array([True, False]),
            "kind": pa.array(["a", None]).dictionary_encode(),
            "day": pa.array(times).cast(pa.date32()),
            "time": pa.array(times),
            "money": pa.array([1, None], pa.decimal128(5, 2)),
            "none": pa.nulls(2),
            "__index_level_0__": pa.array([7, 8]),
        }
    )
    header, first, second = csv.reader(io.StringIO(read(parquet_of(table))))
    assert header == table.column_names[:-1]
    assert first[:7] == ["1", str(2**63 - 1), "0.1", repr(0.1 + 0.2), "1", "a", "2026-01-31"]
    assert (pd.Timestamp(first[7]), first[8:]) == (times[0], ["1.00", ""])
    assert second == ["", str(-(2**63)), "", "", "0", "", "", "", "", ""]


def test_json_lines_give_the_table() -> None:
    content = FRAME.to_json(orient="records", lines=True, double_precision=15).encode()
    pd.testing.assert_frame_equal(frame(content), pd.read_json(io.BytesIO(content), lines=True))


def test_numbers_of_json_lines_keep_their_digits_and_absent_names_are_empty() -> None:
    content = b'{"a": 1.10, "b": true}\n\n{"b": null, "c": 12345678901234567890.5}\n{"a": NaN, "c": "x,y"}\n'
    assert read(content) == 'a,b,c\r\n1.10,1,\r\n,,12345678901234567890.5\r\n,,"x,y"\r\n'


def test_a_single_line_is_json_lines_where_the_yaml_says_so() -> None:
    assert read(b'{"age": 31, "y": 0}\n', format="json-lines") == "age,y\r\n31,0\r\n"


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.floats(
    allow_nan=False, allow_infinity=False
).map(repr)
TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=2, max_size=6)
)


@pytest.mark.long
@settings(deadline=None)
@given(
    rows=TABLES, delimiter=st.sampled_from(";\t|"), encoding=st.sampled_from(["utf-8", "utf-16", "utf-32"])
)
def test_any_cells_are_read_back_as_they_are(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    # Quoted, as a bare empty cell of a table of one column is a blank line, which readers skip.
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    found = read(text.getvalue().encode(encoding), delimiter=delimiter, encoding=encoding)
    if len(rows[0]) > 1 or all(row != [""] for row in rows):
        assert list(csv.reader(io.StringIO(found, newline=""))) == rows


@pytest.mark.long
@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_any_number_is_the_same_from_parquet_and_from_json_lines(numbers: list[float]) -> None:
    table = pd.DataFrame({"x": numbers, "y": 1})
    lines = "".join(json.dumps({"x": number, "y": 1}) + "\n" for number in numbers)
    for content, form in ((parquet_of(table), {}), (lines.encode(), {"format": "json-lines"})):
        found = [float(row[0]) for row in list(csv.reader(io.StringIO(read(content, **form))))[1:]]
        assert np.array_equal(found, numbers)


@pytest.mark.long
@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_any_number_with_a_decimal_comma_is_the_same(numbers: list[float]) -> None:
    lines = "".join(f"{number!r};1\n".replace(".", ",") for number in numbers)
    found = read(f"x;y\n{lines}".encode(), delimiter=";", decimal=",").splitlines()[1:]
    assert [float(line.partition(",")[0]) for line in found] == numbers


def test_text_keeps_its_comma_where_numbers_have_one() -> None:
    content = b"size;x;y\n3,5;1,5;0\n"
    assert read(
        content, delimiter=";", decimal=",", texts=("size",)
    ) == '"size","x","y"\n"3,5","1.5","0"\n'.replace('"size","x","y"', "size,x,y")


BOMB = b"age,y\n" + b"1,0\n" * MOST


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (gzip.compress(BOMB), {}),
        (zipped({"bank.csv": BOMB}), {}),
        (parquet_of(pa.table({"x": pa.array(["a" * 1000]).take(pa.array(np.zeros(50_000, int)))})), {}),
        (b'{"%s": 1}\n' % (b"a" * 10) + b"".join(b'{"k%d": 1}\n' % at for at in range(3000)), {}),
    ],
    ids=["gzip", "zip", "parquet", "json lines"],
)
def test_a_bomb_is_stopped_at_the_limit(content: bytes, form: dict[str, Any]) -> None:
    assert len(content) < MOST / 10
    with pytest.raises(DataError, match=r"(?s)more than 1000000 bytes once.*Raise max_source_bytes"):
        read(content, **form)


def test_parquet_that_says_it_is_too_large_is_not_read() -> None:
    content = parquet_of(pd.DataFrame({"x": np.random.default_rng(1).normal(size=5000)}))
    with pytest.raises(DataError, match="the Parquet file has 4"):
        read(content, most=1000)


LINKED = parquet_of(pa.table({"x": [[1, 2]], "y": [1]}))
ENCRYPTED = bytearray(zipped({"bank.csv": PLAIN}))
for _mark, _at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
    ENCRYPTED[ENCRYPTED.index(_mark) + _at] |= 1


@pytest.mark.parametrize(
    ("content", "form", "message"),
    [
        (gzip.compress(PLAIN)[:-12], {}, "the gzip file is damaged"),
        (gzip.compress(PLAIN)[:-8] + bytes(8), {}, "the gzip file is damaged"),
        (zipped({"bank.csv": PLAIN})[:-30], {}, "the zip archive is damaged"),
        (zipped({}), {}, "the zip archive holds 0 files"),
        (zipped({"a.csv": PLAIN, "b.csv": PLAIN}), {}, "the zip archive holds 2 files"),
        (bytes(ENCRYPTED), {}, "the zip archive is encrypted"),
        (zipped({"a.gz": gzip.compress(PLAIN)}), {}, "the file is gzip within a zip archive"),
        (gzip.compress(b"%PDF-1.7\n"), {}, "the file is a PDF document"),
        (b'[{"a": 1}, {"a": 2}]', {}, "the file is JSON\n"),
        (parquet_of(FRAME)[:-9], {}, "the Parquet file cannot be read"),
        (LINKED, {}, "column 'x' of the Parquet file is of the type list"),
        (b'{"a": 1}\n{"a": [2]}\n', {}, "line 2 has a list or an object as 'a'"),
        (b'{"a": 1}\n{"a": \n', {}, "line 2 is no JSON object"),
        (b'{"a": 1}\n{"a": "\xff"}\n', {}, "line 2 is no JSON object"),
        (b'{"a": 1}\n{' + b"[" * 100_000, {}, "line 2 is no JSON object"),
        (PLAIN, {"format": "parquet"}, "the file is text, of neither Parquet nor JSON Lines"),
        (parquet_of(FRAME), {"format": "csv"}, "the file is Parquet\nExpected: it is csv"),
        (parquet_of(FRAME), {"delimiter": ";"}, "the file is Parquet\nExpected: the pipeline's YAML says"),
        ("ä,y\n".encode("utf-16"), {"encoding": "latin-1"}, "the file is text in UTF-16\n"),
        (b"a,y\n1,0\n\x81,1\n", {"encoding": "windows-1252"}, "line 3 holds bytes that are none of windows"),
        ("a,y\n1,0\n".encode("utf-16")[:-1], {}, "line 2 holds bytes that are none of UTF-16"),
        (b"a;y\n1;0\n1;0;5\n", {"delimiter": ";"}, "row 3 has 3 cells\nExpected: every row has 2"),
        (b"1,0\n1,0,5\n", {"header": ["a", "y"]}, "row 3 has 3 cells\nExpected: every row has 2"),
        (b"a;y\n1;0\n\xff;0\n", {"delimiter": ";"}, "the file cannot be read\nExpected: it is text in UTF-8"),
        (
            b"a;y\n1,5;0\n1.234,5;1\n", {"delimiter": ";", "decimal": ","},
            "row 3, column 1, is a number with a point",
        ),
        (
            b"1,5;0\n1.234;1\n", {"delimiter": ";", "decimal": ",", "header": ["a", "y"]},
            "row 3, column 1, is a number with a point",
        ),
    ],
    # An archive has the time in it, and no worker of pytest-xdist the name of another's.
    ids=lambda value: value.strip() if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_what_to_do(
    content: bytes, form: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        read(content, **form)
    assert message in str(caught.value)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"encoding": "base64"}, "an encoding of text that Python knows"),
        ({"encoding": "unicode_escape"}, "an encoding of text that Python knows"),
        ({"encoding": "raw_unicode_escape"}, "an encoding of text that Python knows"),
        ({"encoding": "klingon"}, "an encoding of text that Python knows"),
        ({"decimal": ","}, "needs another delimiter"),
        ({"delimiter": ":"}, "Input should be"),
        ({"header": ["a", "a"]}, "names differ"),
        ({"header": [""]}, "at least 1 character"),
        ({"format": "parquet", "encoding": "latin-1"}, "format: parquet has no encoding"),
        ({"format": "json-lines", "delimiter": ";", "header": ["a"]}, "json-lines has no delimiter, header"),
        ({"format": "excel"}, "Input should be"),
        ({"quote": "'"}, "Extra inputs"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(form: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FileForm(**form)
