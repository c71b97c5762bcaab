"""The table: how it is split and written."""

import csv
import errno
import hashlib
import io
import math
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from include.pipeline.data.split import Split, hold_out_validation, split_table, split_to_s3
from include.pipeline.data.stored_table import StoredTable
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.objects import write_split
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError, ObjectError, ParamError, WorkerError
from tests.pipeline.data.tables import stored
from tests.pipeline.planned import plan_of
from tests.pipeline.report.example import contents_of
from tests.tutorial_data import BANK_CLEAN, needs_bank_clean

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BANK = TableConfig(show_values=True, label="y_yes", drop=("y_no",))
# pragma: allowlist nextline secret - a checksum
TRAIN_SHA256 = "5427fd796e30e8288781240b37937807edae67fea9a1bb63d0a43d5246045893"


def table(*drop: str) -> TableConfig:
    return TableConfig(show_values=True, label="y", drop=drop)


def read(text: str | bytes, *drop: str) -> Rows:
    """Return all rows of a table, as they stand in it."""
    found = read_table(io.BytesIO(text.encode() if isinstance(text, str) else text), table(*drop))
    return Rows(found, np.arange(found.rows))


def data(labels: list[int]) -> StoredTable:
    return stored(pd.DataFrame({"x": np.arange(len(labels), dtype=float), "y": labels}))


def in_order(labels: list[int]) -> Rows:
    return Rows(data(labels), np.arange(len(labels)))


def test_rows_are_shuffled_as_numpy_does() -> None:
    train, test = split_table(data([0, 1] * 500), table(), train_fraction=0.7, seed=1729)
    order = np.random.RandomState(1729).choice(1000, size=1000, replace=False)
    assert train.column("x").tolist() == order[:700].tolist()
    assert test.column("x").tolist() == order[700:].tolist()


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
        split_table(data(labels), table(), train_fraction=train_fraction, seed=1729)
    assert said in str(refused.value)


def test_validation_rows_are_the_last_of_the_shuffled_training_rows() -> None:
    train, test = split_table(data([0, 1] * 500), table(), train_fraction=0.7, seed=1729)
    kept, validation = hold_out_validation(train, table(), 0.1)
    order = np.random.RandomState(1729).choice(1000, size=1000, replace=False)
    assert kept.column("x").tolist() == order[:630].tolist()
    assert validation.column("x").tolist() == order[630:700].tolist()
    assert test.column("x").tolist() == order[700:].tolist()


def test_without_a_validation_fraction_every_training_row_is_trained_on() -> None:
    kept, validation = hold_out_validation(in_order([0, 1, 1]), table(), 0.0)
    assert (len(kept), len(validation)) == (3, 0)


@pytest.mark.parametrize(
    ("labels", "said"),
    [([0, 1] * 4 + [1, 1], "validation has 2 of 6 rows"), ([0] * 8 + [0, 1], "train has 0 of 1 rows")],
)
def test_validation_rows_that_leave_a_side_without_a_class_are_refused(labels: list[int], said: str) -> None:
    with pytest.raises(DataError, match="train and validation both need rows of both classes") as refused:
        hold_out_validation(in_order(labels), table(), 0.2)
    assert said in str(refused.value)
    assert refused.value.mend == "Bring more rows or change validation_fraction"


# What XGBoost holds: test_numbers has what it does not.
sizes = st.floats(1.2e-38, 3.4e38)
cells = st.none() | st.integers(-(2**24), 2**24) | sizes | sizes.map(lambda size: -size) | st.just(0.0)
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


@pytest.mark.long
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
        # Chance may leave a side without a class, or make whole numbers that are too close.
        assert "both" in error.rule or "neighbours become one" in error.rule  # noqa: PT017
        reject()
    try:
        split = write_split(*parts, table(), folder)
    except DataError as error:
        assert "some training row" in error.rule  # noqa: PT017 - a column may be empty by chance
        reject()
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
    assert (tmp_path / "train" / "train.csv").read_text() == "0,1.0,2.5\n1,,1000000.0\n"
    assert (tmp_path / "features.csv").read_text() == "7,\n8,9.0\n"
    assert (tmp_path / "labels.csv").read_text() == "1\n0\n"
    assert split == Split(
        rows=4,
        train_rows=2,
        validation_rows=0,
        test_rows=2,
        train_positives=1,
        test_positives=1,
        feature_names=("a", "b"),
        train_sha256=hashlib.sha256(b"0,1.0,2.5\n1,,1000000.0\n").hexdigest(),
        test_features_sha256=hashlib.sha256(b"7,\n8,9.0\n").hexdigest(),
        test_labels_sha256=hashlib.sha256(b"1\n0\n").hexdigest(),
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
    assert (tmp_path / "validation.csv").read_text() == "1,5.0,9\n0,,9\n"
    assert (split.rows, split.validation_rows) == (6, 2)


@needs_bank_clean
def test_the_tutorials_split_is_met_to_the_byte(tmp_path: Path) -> None:
    with BANK_CLEAN.open("rb") as file:
        whole = read_table(file, BANK, tmp_path)
    train, test = split_table(whole, BANK, train_fraction=0.7, seed=1729)
    assert (len(train), len(test), len(whole.names)) == (28831, 12357, 60)
    split = write_split(train, test, BANK, tmp_path)
    assert (split.rows, split.test_positives, len(split.feature_names)) == (41188, 1421, 59)
    assert split.train_sha256 == TRAIN_SHA256
    assert hashlib.sha256((tmp_path / "train" / "train.csv").read_bytes()).hexdigest() == TRAIN_SHA256


@pytest.fixture
def plan() -> RunPlan:
    return plan_of({"bucket": "bucket"})


def objects(s3: "S3Client") -> dict[str, bytes]:
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
    assert split.order is not None
    assert split.model_copy(update={"order": None}) == write_split(*parts, BANK, tmp_path)
    profile = f"{plan.locations.profiles}/{hashlib.sha256(raw).hexdigest()}.json"
    assert (split.rows, split.train_rows, split.test_rows, split.feature_names) == (90, 62, 28, ("age",))
    assert objects(s3) == {
        "s3://bucket/raw.csv": raw,
        profile: objects(s3)[profile],
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
    files = objects(s3)
    lines = files[plan.locations.validation].splitlines()
    assert len(lines) == 12
    assert not set(lines) & set(files[f"{plan.locations.train}train.csv"].splitlines())


def test_a_refused_table_leaves_nothing_behind(s3: "S3Client", plan: RunPlan) -> None:
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=b"age,y_no,y_yes\n")
    with pytest.raises(DataError, match="the table has no rows"):
        split_to_s3(s3, raw_data(b"age,y_no,y_yes\n"), plan)
    assert list(objects(s3)) == ["s3://bucket/raw.csv"]


def split_one_feature(s3: "S3Client", plan: RunPlan, constraints: str) -> Split:
    """Split a table of one feature and 90 rows, for a job with these monotone constraints."""
    raw = b"age,y_no,y_yes\n" + b"".join(b"%d,%d,%d\n" % (i, i % 3 > 0, i % 3 == 0) for i in range(90))
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=raw)
    hyperparameters = {**plan.params.hyperparameters, "monotone_constraints": constraints}
    changed = plan.params.model_copy(update={"hyperparameters": hyperparameters})
    return split_to_s3(s3, raw_data(raw), plan.model_copy(update={"params": changed}))


@pytest.mark.parametrize("constraints", ["(1, 0)", "(0, 0, 0)", "(1,0,-1,0,0)", str((0,) * 60), "( 1 , 1 )"])
def test_more_monotone_constraints_than_features_are_refused(
    s3: "S3Client", plan: RunPlan, constraints: str
) -> None:
    count = constraints.count(",") + 1
    with pytest.raises(ParamError, match=f"monotone_constraints has {count} values\n.* the table has 1") as e:
        split_one_feature(s3, plan, constraints)
    assert list(objects(s3)) == ["s3://bucket/raw.csv"]
    assert e.value.mend.startswith("Give one for each feature")


@pytest.mark.parametrize("constraints", ["(1,)", "(0,)", "(-1,)"])
def test_as_many_monotone_constraints_as_features_are_taken(
    s3: "S3Client", plan: RunPlan, constraints: str
) -> None:
    assert split_one_feature(s3, plan, constraints).rows == 90


@pytest.mark.parametrize("other", [b"", b"age,y_no,y_yes\n1,0,1\n2,1,0\n", b"\0", b"<html>", b"a,b\n" * 9999])
def test_raw_data_that_is_not_what_was_downloaded_is_refused(
    other: bytes, s3: "S3Client", plan: RunPlan
) -> None:
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=other)
    with pytest.raises(ObjectError, match=r"has the SHA-256 (?s:.*)it is what was downloaded, with"):
        split_to_s3(s3, raw_data(b"age,y_no,y_yes\n1,0,1\n"), plan)
    assert list(objects(s3)) == ["s3://bucket/raw.csv"]


class FullFile(io.BytesIO):
    """A file on a disk without room: /dev/full can be written to, and not be cut."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


RAW = b"age,y_no,y_yes\n" + b"".join(b"%d,%d,%d\n" % (i, i % 3 > 0, i % 3 == 0) for i in range(90))


@pytest.mark.parametrize("full", ["features.csv", "labels.csv", "validation.csv", "train/train.csv", "raw"])
def test_a_full_disk_is_told_and_leaves_nothing(
    full: str, s3: "S3Client", plan: RunPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=RAW)
    held_out = plan.model_copy(update={"params": plan.params.model_copy(update={"validation_fraction": 0.2})})
    if full == "raw":
        monkeypatch.setattr(tempfile, "TemporaryFile", FullFile)
    else:
        (tmp_path / "train").mkdir()
        (tmp_path / full).symlink_to("/dev/full")
        monkeypatch.setattr(Path, "mkdir", lambda _: None)  # the folder is there already
        monkeypatch.setattr(tempfile, "TemporaryDirectory", lambda: nullcontext(str(tmp_path)))
    with pytest.raises(WorkerError, match=r"of the worker is full .*No space left on device(?s:.*)Make room"):
        split_to_s3(s3, raw_data(RAW), held_out)
    assert [uri for uri in objects(s3) if "/runs/" in uri] == []


def test_raw_data_that_is_not_there_is_refused(s3: "S3Client", plan: RunPlan) -> None:
    with pytest.raises(ObjectError, match="there is no such object"):
        split_to_s3(s3, raw_data(), plan)
