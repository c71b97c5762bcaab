"""The table: how it is split and written."""

import csv
import hashlib
import io
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from include.pipeline.data.split import Split, hold_out_validation, split_table, split_to_s3, write_split
from include.pipeline.data.table import read_table
from include.pipeline.documents.config import TableConfig, load_config
from include.pipeline.documents.plan import RunIdentity, RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.errors import DataError, ObjectError
from include.pipeline.planning.plan import make_plan
from include.pipeline.source.policy import SourcePolicy
from tests.pipeline.report.example import contents_of
from tests.tutorial_data import BANK_CLEAN, needs_bank_clean

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BANK = TableConfig(label="y_yes", drop=("y_no",))
# pragma: allowlist nextline secret - a checksum
TRAIN_SHA256 = "5427fd796e30e8288781240b37937807edae67fea9a1bb63d0a43d5246045893"


def table(*drop: str) -> TableConfig:
    return TableConfig(label="y", drop=drop)


def read(text: str | bytes, *drop: str) -> pd.DataFrame:
    return read_table(io.BytesIO(text.encode() if isinstance(text, str) else text), table(*drop))


def frame(labels: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"x": np.arange(len(labels), dtype=float), "y": labels})


def test_rows_are_shuffled_as_numpy_does() -> None:
    train, test = split_table(frame([0, 1] * 500), table(), train_fraction=0.7, seed=1729)
    order = np.random.RandomState(1729).choice(1000, size=1000, replace=False)
    assert train["x"].tolist() == order[:700].tolist()
    assert test["x"].tolist() == order[700:].tolist()


@pytest.mark.parametrize(
    ("labels", "train_fraction", "said"),
    [
        ([0, 1], 0.5, "train has"),
        ([0, 1] * 5, 0.05, "train has 0 of 5 rows with y = 1, in 0 of 10 rows"),
        ([0, 1] * 5, 0.99, "test has"),
        ([0] * 99 + [1], 0.5, "0 of 1 rows with y = 1, in 50 of 100 rows"),
        ([1] * 99 + [0], 0.5, "50 of 99 rows with y = 1, in 50 of 100 rows"),
    ],
)
def test_a_split_that_leaves_a_side_without_a_class_is_refused(
    labels: list[int], train_fraction: float, said: str
) -> None:
    with pytest.raises(DataError, match="train and test both need rows of both classes") as refused:
        split_table(frame(labels), table(), train_fraction=train_fraction, seed=1729)
    assert said in str(refused.value)


def test_validation_rows_are_the_last_of_the_shuffled_training_rows() -> None:
    train, test = split_table(frame([0, 1] * 500), table(), train_fraction=0.7, seed=1729)
    kept, validation = hold_out_validation(train, table(), 0.1)
    order = np.random.RandomState(1729).choice(1000, size=1000, replace=False)
    assert kept["x"].tolist() == order[:630].tolist()
    assert validation["x"].tolist() == order[630:700].tolist()
    assert test["x"].tolist() == order[700:].tolist()


def test_without_a_validation_fraction_every_training_row_is_trained_on() -> None:
    kept, validation = hold_out_validation(frame([0, 1, 1]), table(), 0.0)
    assert (len(kept), len(validation)) == (3, 0)


@pytest.mark.parametrize(
    ("labels", "said"),
    [([0, 1] * 4 + [1, 1], "validation has 2 of 6 rows"), ([0] * 8 + [0, 1], "train has 0 of 1 rows")],
)
def test_validation_rows_that_leave_a_side_without_a_class_are_refused(labels: list[int], said: str) -> None:
    with pytest.raises(DataError, match="train and validation both need rows of both classes") as refused:
        hold_out_validation(frame(labels), table(), 0.2)
    assert said in str(refused.value)
    assert refused.value.mend == "Bring more rows or change validation_fraction"


cells = st.none() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(st.integers(0, 1), st.integers(-5, 5), *[cells] * width), min_size=8, max_size=60
    )
)


def printed(rows: list[tuple[int | float | None, ...]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["y", *(f"x{position}" for position in range(len(rows[0]) - 1))])
    writer.writerows(rows)
    return text.getvalue().encode()


def numbers(path: Path) -> list[tuple[float | None, ...]]:
    with path.open(newline="") as file:
        return [tuple(float(cell) if cell else None for cell in row) for row in csv.reader(file)]


def sortable(row: tuple[float | None, ...]) -> tuple[float, ...]:
    return tuple(-math.inf if cell is None else float(cell) for cell in row)


@given(rows=tables, seed=st.integers(0, 2**32 - 1), train_fraction=st.floats(0.2, 0.8))
def test_the_files_hold_each_row_once_and_nothing_else(
    rows: list[tuple[float | None, ...]],
    seed: int,
    train_fraction: float,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("split")
    try:
        whole = read_table(io.BytesIO(printed(rows)), table())
        parts = split_table(whole, table(), train_fraction=train_fraction, seed=seed)
    except DataError as error:
        assert "both" in error.rule  # noqa: PT017 - chance may leave a side without a class
        reject()
    split = write_split(*parts, table(), folder)
    train, features = numbers(folder / "train" / "train.csv"), numbers(folder / "features.csv")
    labels = numbers(folder / "labels.csv")
    test = [label + row for label, row in zip(labels, features, strict=True)]
    assert sorted(map(sortable, train + test)) == sorted(map(sortable, rows))
    assert (split.train_rows, split.test_rows) == (len(train), len(test))
    assert split.train_rows == math.floor(train_fraction * len(rows))
    assert split.train_positives == sum(row[0] == 1 for row in train)
    assert split.test_positives == sum(row[0] == 1 for row in test)


def test_the_files_have_no_header_and_the_label_first(tmp_path: Path) -> None:
    train, test = read("a,y,b\n1,0,2.5\n,1,1000000\n"), read("a,y,b\n7,1,\n8,0,9\n")
    split = write_split(train, test, table(), tmp_path)
    assert (tmp_path / "train" / "train.csv").read_text() == "0,1,2.5\n1,,1000000\n"
    assert (tmp_path / "features.csv").read_text() == "7,\n8,9\n"
    assert (tmp_path / "labels.csv").read_text() == "1\n0\n"
    assert split == Split(
        rows=4,
        train_rows=2,
        validation_rows=0,
        test_rows=2,
        train_positives=1,
        test_positives=1,
        feature_names=("a", "b"),
        train_sha256=hashlib.sha256(b"0,1,2.5\n1,,1000000\n").hexdigest(),
    )


def test_training_rows_are_spread_over_one_file_for_each_instance(tmp_path: Path) -> None:
    train, test = read("a,y\n1,0\n2,1\n3,0\n4,1\n5,0\n"), read("a,y\n7,1\n8,0\n")
    split = write_split(train, test, table(), tmp_path, train_files=2)
    assert {file.name: file.read_text() for file in (tmp_path / "train").iterdir()} == {
        "train-1-of-2.csv": "0,1\n1,2\n",
        "train-2-of-2.csv": "0,3\n1,4\n0,5\n",
    }
    assert split.train_sha256 == hashlib.sha256(b"0,1\n1,2\n0,3\n1,4\n0,5\n").hexdigest()


def test_validation_rows_are_written_as_the_training_rows_are(tmp_path: Path) -> None:
    train, test, held = (
        read(f"a,y,b\n{rows}") for rows in ("1,0,1\n2,1,1\n", "3,1,1\n4,0,1\n", "5,1,9\n,0,9\n")
    )
    split = write_split(train, test, table(), tmp_path, validation=held)
    assert (tmp_path / "validation.csv").read_text() == "1,5,9\n0,,9\n"
    assert (split.rows, split.validation_rows) == (6, 2)


@needs_bank_clean
def test_the_tutorials_split_is_met_to_the_byte(tmp_path: Path) -> None:
    with BANK_CLEAN.open("rb") as file:
        every_column = read_table(file, TableConfig(label="y_yes"))
    train, test = split_table(every_column, BANK, train_fraction=0.7, seed=1729)
    assert (train.shape, test.shape) == ((28831, 61), (12357, 61))
    split = write_split(train.drop(columns="y_no"), test.drop(columns="y_no"), BANK, tmp_path)
    assert (split.rows, split.test_positives, len(split.feature_names)) == (41188, 1421, 59)
    assert split.train_sha256 == TRAIN_SHA256
    assert hashlib.sha256((tmp_path / "train" / "train.csv").read_bytes()).hexdigest() == TRAIN_SHA256


@pytest.fixture
def plan() -> RunPlan:
    config = load_config("bank_marketing")
    return make_plan(
        config.params.model_dump() | {"bucket": "bucket"},
        identity=RunIdentity(
            dag_id="bank",
            run_id="manual",
            account_id="123456789012",
            region="us-east-1",
            planned_at=datetime(2026, 11, 23, tzinfo=UTC),
        ),
        config=config,
        default_role="arn:aws:iam::123456789012:role/sagemaker",
        source_policy=SourcePolicy(),
        iam=boto3.client("iam", region_name="us-east-1"),
    )


def stored(s3: "S3Client") -> dict[str, bytes]:
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="bucket")["Contents"]]
    return {f"s3://bucket/{key}": s3.get_object(Bucket="bucket", Key=key)["Body"].read() for key in keys}


def raw_data(content: bytes = b"") -> RawData:
    return contents_of().raw.model_copy(
        update={"uri": "s3://bucket/raw.csv", "sha256": hashlib.sha256(content).hexdigest()}
    )


def test_the_split_goes_where_the_plan_says(s3: "S3Client", plan: RunPlan, tmp_path: Path) -> None:
    raw = b",age,y_no,y_yes\n" + b"".join(
        b"%d,%d,%d,%d\n" % (i, i + 20, i % 3 > 0, i % 3 == 0) for i in range(90)
    )
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=raw)
    split = split_to_s3(s3, raw_data(raw), plan)
    parts = split_table(read_table(io.BytesIO(raw), BANK), BANK, train_fraction=0.7, seed=1729)
    assert split == write_split(*parts, BANK, tmp_path)
    profile = f"{plan.locations.profiles}/{hashlib.sha256(raw).hexdigest()}.json"
    assert (split.rows, split.train_rows, split.test_rows, split.feature_names) == (90, 62, 28, ("age",))
    assert stored(s3) == {
        "s3://bucket/raw.csv": raw,
        profile: stored(s3)[profile],
        f"{plan.locations.train}train.csv": (tmp_path / "train" / "train.csv").read_bytes(),
        plan.locations.test_features: (tmp_path / "features.csv").read_bytes(),
        plan.locations.test_labels: (tmp_path / "labels.csv").read_bytes(),
    }


def test_validation_rows_go_where_the_training_job_finds_them(s3: "S3Client", plan: RunPlan) -> None:
    held_out = plan.model_copy(update={"params": plan.params.model_copy(update={"validation_fraction": 0.2})})
    raw = b"age,y_no,y_yes\n" + b"".join(b"%d,%d,%d\n" % (i, i % 3 > 0, i % 3 == 0) for i in range(90))
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=raw)
    split = split_to_s3(s3, raw_data(raw), held_out)
    assert (split.rows, split.train_rows, split.validation_rows, split.test_rows) == (90, 50, 12, 28)
    files = stored(s3)
    lines = files[plan.locations.validation].splitlines()
    assert len(lines) == 12
    assert not set(lines) & set(files[f"{plan.locations.train}train.csv"].splitlines())


def test_a_refused_table_leaves_nothing_behind(s3: "S3Client", plan: RunPlan) -> None:
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=b"age,y_no,y_yes\n")
    with pytest.raises(DataError, match="the table has no rows"):
        split_to_s3(s3, raw_data(), plan)
    assert list(stored(s3)) == ["s3://bucket/raw.csv"]


def test_raw_data_that_is_not_there_is_refused(s3: "S3Client", plan: RunPlan) -> None:
    with pytest.raises(ObjectError, match="there is no such object"):
        split_to_s3(s3, raw_data(), plan)
