"""Files that no model can be trained on: the two tasks before the training job refuse each.

Each goes the way of a run: planned, brought to local AWS's S3, read, checked and split there. What a single
check refuses stands beside it, in test_table, test_source and test_dataset.
"""

import bz2
import gzip
import io
import json
import math
import pickle
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.pipeline.aws.object_store import list_objects
from include.pipeline.data.split import Split, split_table, split_to_s3
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.objects import write_split
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import DataError, SourceError
from include.pipeline.source.download import fetch
from include.pipeline.source.policy import SourcePolicy
from tests.aws.clients import Aws
from tests.pipeline.planned import CONFIG, plan_of
from tests.project import DEPLOYMENT_ID
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

BUCKET = "bad-files"
HEADER = b"age,pdays,y_no,y_yes\n"
ROWS = b"".join(b"%d,%d,%d,%d\n" % (age, age % 7, age % 2, 1 - age % 2) for age in range(20, 40))
GOOD = HEADER + ROWS
FRAME = pd.read_csv(io.BytesIO(GOOD))
NO_LABEL = "column 'y_yes', the label, is absent"
NOT_UTF8 = "\nExpected: the file has to be UTF-8"
NO_CSV = "\nExpected: a source is CSV, Parquet or JSON Lines"
NO_NUMBER = "\nExpected: a cell is a number or empty"
NO_LABEL_VALUE = "\nExpected: the label is 0 or 1"


def row(text: str) -> bytes:
    """A good table with this line in row 3."""
    first, rest = ROWS.split(b"\n", 1)
    return HEADER + first + b"\n" + text.encode() + b"\n" + rest


def cell(age: str) -> bytes:
    """A good table with this age in row 3."""
    return row(f"{age},0,1,0")


def label(value: str) -> bytes:
    """A good table with this label in row 3."""
    return row(f"20,0,1,{value}")


def header(text: str) -> bytes:
    """A good table below this header."""
    return text.encode() + b"\n" + ROWS


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bank.csv", GOOD)
    return file.getvalue()


def parquet() -> bytes:
    file = io.BytesIO()
    FRAME.to_parquet(file)
    return file.getvalue()


BAD_TABLES = {
    # Other formats under a CSV's name.
    "bzip2": (bz2.compress(GOOD), f"bank.csv is bzip2{NO_CSV}\nTo do: Unpack it: bunzip2"),
    "half of gzip": (gzip.compress(GOOD, mtime=0)[:-9], "bank.csv: the gzip file is damaged"),
    "more than is allowed in gzip": (
        gzip.compress(GOOD + b"20,6,0,1\n" * 2**18),
        "more than 2097152 bytes once",
    ),
    "a pickle": (pickle.dumps({"age": [31]}), f"is a Python pickle{NO_CSV}"),
    "a PNG": (b"\x89PNG\r\n\x1a\n\0\0", f"is a picture{NO_CSV}"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", f"is a PDF document{NO_CSV}"),
    "JSON": (json.dumps([{"age": 31, "y_yes": 0}]).encode(), f"is JSON{NO_CSV}"),
    "JSON lines with a list": (
        b'{"age": 31, "y_yes": 0}\n{"age": [4]}\n',
        "line 2 has a list or an object as 'age'",
    ),
    "S3's error": (
        b"<Error><Code>AccessDenied</Code></Error>",
        f"is an error message of S3, not the file{NO_CSV}",
    ),
    "Git LFS's pointer": (
        b"version https://git-lfs.github.com/spec/v1\nsize 12345\n",
        f"is a pointer of Git LFS, not the file{NO_CSV}\nTo do: Fetch the file with git lfs pull",
    ),
    "zeros": (b"\0" * 1000, f"is zeros, as of a file that was not written to its end{NO_CSV}"),
    # Other encodings and separators.
    "Latin-1 in the header": ("größe,y_no,y_yes\n1,0,1\n".encode("latin-1"), NOT_UTF8),
    "half a character at the end": (GOOD + b"1,\xc3", f"line 22 holds b'\\xc3'{NOT_UTF8}"),
    "a surrogate": (HEADER + b"\xed\xa0\x80,0,1,0\n" + ROWS, NOT_UTF8),
    "tabs": (
        GOOD.replace(b",", b"\t"),
        "its cells are separated by tabs\nExpected: cells are separated by commas",
    ),
    "bars": (GOOD.replace(b",", b"|"), "its cells are separated by bars"),
    "a mark and nothing else": (b"\xef\xbb\xbf", "the file has no columns"),
    # Headers.
    "no header": (ROWS, "the first line is '20,6,0,1': numbers, and column 'y_yes', the label, is absent"),
    "two headers": (HEADER + GOOD, f"row 2, column 'age' is 'age'{NO_NUMBER}\nTo do: Remove the row, which"),
    "a comment first": (b"# made in November\n" + GOOD, "the first line is '# made in November': no names"),
    "Excel's first line": (b"sep=,\n" + GOOD, "the first line is 'sep=,': no names"),
    "blanks first": (b"  \n" + GOOD, "column 1 is named '  '"),
    "two marks": (
        b"\xef\xbb\xbf" * 2 + GOOD,
        "column 1 is named '\\ufeffage'\nExpected: a name holds no line breaks",
    ),
    "a merge conflict": (b"<<<<<<< HEAD\n" + GOOD, "the first line is '<<<<<<< HEAD': no names"),
    "blanks around names": (
        header("age, pdays, y_no, y_yes"),
        f"{NO_LABEL}\nExpected: it is one of the 4 columns",
    ),
    "a label in capitals": (header("age,pdays,y_no,Y_YES"), NO_LABEL),
    "a comma at the end": (header("age,pdays,y_no,y_yes,"), "column 5 is named ''"),
    "a name left unclosed": (header('"age,pdays,y_no,y_yes'), "column 1 is named 'age,pdays,y_no,y_yes\\n20"),
    "a name of two lines": (
        header('"a\nge",pdays,y_no,y_yes'),
        "column 1 is named 'a\\nge'\nExpected: a name holds",
    ),
    "a name with NUL": (
        header("a\0ge,pdays,y_no,y_yes"),
        "column 1 is named 'a\\x00ge'\nExpected: a name holds no",
    ),
    "a name with ESC": (
        header("a\x1b[2Jge,pdays,y_no,y_yes"),
        "column 1 is named 'a\\x1b[2Jge'\nExpected: a name",
    ),
    "a name that reads backwards": (header("age,\u202esyadp,y_no,y_yes"), "column 2 is named '\\u202esyadp'"),
    "the label twice": (header("y_yes,pdays,y_no,y_yes"), "column 'y_yes' is there twice"),
    "nothing to learn from": (b",y_no,y_yes\n0,1,0\n1,0,1\n", "no feature column is left"),
    # Rows.
    "a comma too many": (row("20,0,1,0,"), "row 3 has 5 cells: '20,0,1,0,'\nExpected: every row has 4"),
    "a cell too few": (row("20,0,1"), "row 3 has 3 cells: '20,0,1'\nExpected: every row has 4"),
    "a line of blanks": (row("   "), "row 3 has 1 cells: '   '\nExpected: every row has 4"),
    "a total at the end": (GOOD + b"Total,2,1,0\n", f"row 22, column 'age' is 'Total'{NO_NUMBER}"),
    "the end of a DOS file": (GOOD + b"\x1a", "row 22 has 1 cells: '\\x1a'\nExpected: every row has 4"),
    "cut off within a row": (GOOD[:-4], "row 21 has 3 cells: '39,4,'\nExpected: every row has 4"),
    "a quote left open": (row('20,"0,1,0'), "row 3 has 2 cells: '20,\"0,1,0"),
    # Cells.
    "a decimal comma": (cell('"1,5"'), f"row 3, column 'age' is '1,5'{NO_NUMBER}"),
    "a thousands separator": (cell('"1,000"'), f"row 3, column 'age' is '1,000'{NO_NUMBER}"),
    "an underscore": (cell("1_000"), f"row 3, column 'age' is '1_000'{NO_NUMBER}"),
    "a percentage": (cell("5%"), f"row 3, column 'age' is '5%'{NO_NUMBER}"),
    "money": (cell("$5"), f"row 3, column 'age' is '$5'{NO_NUMBER}"),
    "a date": (cell("2026-11-23"), f"row 3, column 'age' is '2026-11-23'{NO_NUMBER}"),
    "a formula": (cell("=1+1"), f"row 3, column 'age' is '=1+1'{NO_NUMBER}"),
    "a question mark": (cell("?"), f"row 3, column 'age' is '?'{NO_NUMBER}"),
    "Python's None": (cell("None"), f"row 3, column 'age' is 'None'{NO_NUMBER}"),
    "a complex number": (cell("1j"), f"row 3, column 'age' is '1j'{NO_NUMBER}"),
    "half an exponent": (cell("1e"), f"row 3, column 'age' is '1e'{NO_NUMBER}"),
    "two points": (cell("1.2.3"), f"row 3, column 'age' is '1.2.3'{NO_NUMBER}"),
    "full-width digits": (cell("\uff11"), f"row 3, column 'age' is '\uff11'{NO_NUMBER}"),
    "a typeset minus": (cell("\u22125"), f"row 3, column 'age' is '\u22125'{NO_NUMBER}"),
    "NUL in a cell": (cell("2\x000"), f"row 3, column 'age' is '2\\x000'{NO_NUMBER}"),
    "a line break in a cell": (cell('"2\n0"'), f"row 3, column 'age' is '2\\n0'{NO_NUMBER}"),
    "a quote in a cell": (cell('2"0'), f"row 3, column 'age' is '2\"0'{NO_NUMBER}"),
    "infinity in words": (
        cell("-Infinity"),
        "row 3, column 'age' is '-Infinity'\nExpected: a number is finite",
    ),
    "more than a float holds": (
        cell("9" * 400),
        f"row 3, column 'age' is '{'9' * 80}'\nExpected: a number is finite",
    ),
    "a cell of a megabyte": (cell("x" * 2**20), f"row 3, column 'age' is '{'x' * 80}'{NO_NUMBER}"),
    # Labels.
    "a label of -1": (label("-1"), f"row 3, column 'y_yes' is '-1'{NO_LABEL_VALUE}"),
    "a label just above 0": (label("1e-300"), f"row 3, column 'y_yes' is '1e-300'{NO_LABEL_VALUE}"),
    "a label that is true": (label("true"), f"row 3, column 'y_yes' is 'true'{NO_LABEL_VALUE}"),
    "a label that is missing": (label("NA"), f"row 3, column 'y_yes' is ''{NO_LABEL_VALUE}"),
    "a label that is no number": (label("nan"), f"row 3, column 'y_yes' is ''{NO_LABEL_VALUE}"),
    "an infinite label": (label("inf"), f"row 3, column 'y_yes' is 'inf'{NO_LABEL_VALUE}"),
    "only noes": (
        HEADER + b"1,0,1,0\n" * 20,
        "column 'y_yes' is 0 in every row\nExpected: the label has both",
    ),
    "one row": (HEADER + b"1,0,1,0\n", "column 'y_yes' is 0 in every row"),
    "one yes": (HEADER + b"1,0,1,0\n" * 20 + b"1,0,0,1\n", "train and test both need rows of both classes"),
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("s3").create_bucket(Bucket=BUCKET)
        yield aws


Run = Callable[..., Split]


@pytest.fixture(scope="module")
def run(aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Does with a file, or a URL, what the tasks before the training job do."""
    folder = tmp_path_factory.mktemp("data")
    s3, iam = aws.client("s3"), aws.client("iam")
    policy = SourcePolicy(local_folder=folder, max_bytes=2**21)

    @cache
    def plan_run(**params: Any) -> RunPlan:
        return plan_of(params | {"bucket": BUCKET}, iam, policy=policy)

    def run(source: bytes | str, **params: Any) -> Split:
        if isinstance(source, bytes):
            (folder / "bank.csv").write_bytes(source)
            source = "bank.csv"
        plan = plan_run(data_url=source, **params)
        raw = fetch(plan.params.data_url, policy=policy, s3=s3, raw_uri=plan.locations.raw)
        return split_to_s3(s3, raw, plan, max_bytes=policy.max_bytes)

    return run


@pytest.mark.parametrize(("content", "said"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_table_is_refused(content: bytes, said: str, run: Run, aws: Aws) -> None:
    with pytest.raises((DataError, SourceError)) as refused:
        run(content)
    assert said in str(refused.value)
    assert "bank.csv" in str(refused.value).splitlines()[0]
    assert len(str(refused.value)) < 500
    assert list_objects(aws.client("s3"), f"s3://{BUCKET}/{DEPLOYMENT_ID}/bank_marketing/runs/") == []


FORMS = {
    "as it is": GOOD,
    "gzip": gzip.compress(GOOD, mtime=0),
    "zip": zipped(),
    "Parquet": parquet(),
    "JSON Lines": FRAME.to_json(orient="records", lines=True).encode(),
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-16 without mark": GOOD.decode().encode("utf-16-le"),
    "UTF-32": GOOD.decode().encode("utf-32"),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_the_table_that_these_were_made_of_is_not_in_whichever_form(content: bytes, run: Run) -> None:
    split = run(content)
    assert split.rows == 20
    assert split.train_sha256 == run(GOOD).train_sha256


def test_nor_is_it_in_several_files_below_a_prefix(run: Run, aws: Aws) -> None:
    half = GOOD.index(b"30,")
    for name, content in (("1.csv", GOOD[:half]), ("2.csv.gz", gzip.compress(HEADER + GOOD[half:]))):
        aws.client("s3").put_object(Bucket=BUCKET, Key=f"parts/{name}", Body=content)
    assert run(f"s3://{BUCKET}/parts/").train_sha256 == run(GOOD).train_sha256


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"", "bank.csv is empty\nExpected: a source has a header and rows"),
        (b'\n<?xml version="1.0"?><data/>', "bank.csv is XML\nExpected: a source is CSV"),
        (b"<!-- moved --><html>", "bank.csv is an HTML page\nExpected: a source is CSV"),
        (GOOD + b" " * 2**21, "bank.csv has at least 2097"),
        (f"s3://{BUCKET}/absent.csv", "absent.csv: there is no such object"),
        ("s3://nobodys-bucket/a.csv", "s3://nobodys-bucket/a.csv: there is no such object"),
        ("s3://arn:aws:s3:::bucket/a.csv", "it has to be s3://<bucket>/<key>"),
        (f"s3://{BUCKET}/marker", "marker is empty\nExpected: a source has a header and rows"),
        (
            f"s3://{BUCKET}/large.csv",
            "large.csv has at least 2097153 bytes\nExpected: a source has at most 2097152",
        ),
        (f"s3://{BUCKET}/page.csv", "page.csv is an HTML page"),
        (f"s3://{BUCKET}/bank.{'0' * 40}.csv", f"its name promises {'0' * 40}"),
    ],
)
def test_a_source_is_refused(source: bytes | str, said: str, run: Run, aws: Aws) -> None:
    for key, body in {
        "marker": b"",
        "large.csv": b"1" * (2**21 + 1),
        "page.csv": b"<!DOCTYPE html>",
        f"bank.{'0' * 40}.csv": GOOD,
    }.items():
        aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    with pytest.raises(SourceError) as refused:
        run(source)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"train_fraction": 1e-9}, "train has 0 of 10 rows with y_yes = 1, in 0 of 20 rows"),
        ({"train_fraction": 1 - 1e-9}, "test has"),
        (
            {"training_instance_count": 20},
            "train has 14 rows for 20 instances\nExpected: each instance needs a row",
        ),
    ],
)
def test_params_that_do_not_go_with_the_table_are_refused(
    params: dict[str, Any], said: str, run: Run
) -> None:
    with pytest.raises(DataError) as refused:
        run(GOOD, **params)
    assert said in str(refused.value)


places = st.integers(0, len(GOOD))
damaged = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda noise, at: GOOD[:at] + noise + GOOD[at:], st.binary(max_size=20), places),
    st.builds(lambda noise, at: GOOD[:at] + noise + GOOD[at + len(noise) :], st.binary(max_size=20), places),
    st.builds(lambda at: GOOD[:at], places),
    st.builds(lambda at, end: GOOD[:at] + GOOD[end:], places, places),
    st.builds(
        lambda text, at: GOOD[:at] + text.encode() + GOOD[at:],
        st.text(st.sampled_from(list('0123456789,."\n\r -+eE;xnaif\u00a0')), max_size=30),
        places,
    ),
    st.lists(st.lists(st.sampled_from(["0", "1", "", "x"]), max_size=6), max_size=12).map(
        lambda rows: HEADER + "\n".join(",".join(cells) for cells in rows).encode()
    ),
)


@settings(max_examples=300, derandomize=True)
@given(content=damaged)
def test_a_damaged_table_is_refused_or_split_into_numbers(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("split")
    try:
        frame = read_table(io.BytesIO(content), CONFIG.table)
        train, test = split_table(frame, CONFIG.table, train_fraction=0.7, seed=1729)
    except DataError as error:
        assert len(str(error)) < 500  # noqa: PT017 - either way is right
    else:
        split = write_split(train, test, CONFIG.table, folder)
        rows = (folder / "train" / "train.csv").read_text().splitlines()
        assert len(rows) == split.train_rows
        for line in rows:
            y, *features = line.split(",")
            assert y in {"0", "1"}
            assert len(features) == len(split.feature_names)
            assert all(math.isfinite(float(feature)) for feature in features if feature)
