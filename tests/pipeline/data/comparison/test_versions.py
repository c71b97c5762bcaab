"""A run's data held against that of the last accepted model."""

import hashlib
import logging
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from include.pipeline.aws.object_store import list_objects, read_object, split_uri, write_object
from include.pipeline.data.comparison.versions import compare_with_previous
from include.pipeline.data.profile import profile
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.drift import Drift, DriftLimits
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.profile import DataProfile
from include.pipeline.documents.split import Split
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DocumentError, DriftError
from include.pipeline.teardown.cleanup import delete_run
from tests.pipeline.accepted_runs import DATA, OTHER_DATA, accepted, day, plan_of, train
from tests.pipeline.data.tables import stored
from tests.pipeline.report.example import contents_of
from tests.project import DEPLOYMENT_ID

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TABLE = TableConfig(show_values=True, label="y", drop=("z",))
OLD, NEW = DATA, OTHER_DATA
WARN = DriftLimits()


def frame(ages: range | np.ndarray = range(20, 60), positives: int = 10, **columns: object) -> pd.DataFrame:
    """40 rows; the first are a yes."""
    labels = [1] * positives + [0] * (40 - positives)
    return pd.DataFrame({"age": [*ages], "calls": [0, 1] * 20, **columns, "y": labels})


def plan(number: int, *, limits: DriftLimits | None = WARN) -> RunPlan:
    made = plan_of(f"scheduled__{number}", of=day(number))
    return made.model_copy(update={"table": TABLE, "drift": limits})


def accept_version(s3: "S3Client", number: int, table: pd.DataFrame, data: str) -> RunPlan:
    """Run a day through: its data is compared, its model accepted."""
    run = plan(number, limits=None)
    assert compare_with_previous(s3, run, stored(table), data) is None
    accepted(s3, run, data=data)
    return run


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelno == logging.WARNING]


@pytest.mark.long
def test_a_profile_of_each_version_is_kept_under_its_hash(s3: "S3Client") -> None:
    run = plan(1)
    compare_with_previous(s3, run, stored(frame()), OLD)
    compare_with_previous(s3, run, stored(frame(positives=20)), NEW)
    profiles = f"s3://bucket/{DEPLOYMENT_ID}/bank_marketing/profiles"
    kept = {uri: read_object(s3, uri) for uri in list_objects(s3, f"{run.locations.profiles}/")}
    assert {uri: DataProfile.model_validate_json(body) for uri, body in kept.items()} == {
        f"{profiles}/{OLD}.json": profile(stored(frame()), TABLE),
        f"{profiles}/{NEW}.json": profile(stored(frame(positives=20)), TABLE),
    }


def test_the_first_version_has_nothing_to_be_compared_with(s3: "S3Client") -> None:
    assert compare_with_previous(s3, plan(1), stored(frame()), OLD) is None


def test_a_new_version_is_compared_with_that_of_the_last_accepted_model(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(), OLD)
    drift = compare_with_previous(s3, plan(2), stored(frame(positives=20)), NEW)
    assert isinstance(drift, Drift)
    assert (drift.label_rate, drift.previous_label_rate) == (0.5, 0.25)
    assert drift.reference is not None
    assert drift.reference.run_id == "scheduled__1"
    # Shares of no and yes went from 3/4 and 1/4 to a half each.
    assert drift.label_psi == pytest.approx(-0.25 * np.log(0.5 / 0.75) + 0.25 * np.log(0.5 / 0.25))
    assert {column.name: column.psi for column in drift.columns} == {"age": 0, "calls": 0}


def test_the_last_accepted_is_meant_not_the_last_that_was_looked_at(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(positives=10), OLD)
    refused = plan(2)
    compare_with_previous(s3, refused, stored(frame(positives=30)), "7c" * 32)
    train(s3, refused, data="7c" * 32)
    drift = compare_with_previous(s3, plan(3), stored(frame(positives=20)), NEW)
    assert drift is not None
    assert drift.previous_label_rate == 0.25


def test_a_backfilled_day_is_compared_with_the_day_before_it(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(positives=10), OLD)
    accept_version(s3, 9, frame(positives=30), "7c" * 32)
    drift = compare_with_previous(s3, plan(5), stored(frame(positives=20)), NEW)
    assert drift is not None
    assert drift.previous_label_rate == 0.25


def test_the_same_data_has_not_drifted_from_itself(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(), OLD)
    assert compare_with_previous(s3, plan(2), stored(frame()), OLD) is None


def test_a_run_is_not_compared_with_its_own_earlier_data(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(), OLD)
    assert compare_with_previous(s3, plan(1), stored(frame(positives=20)), NEW) is None


def test_without_limits_nothing_is_compared(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(), OLD)
    assert compare_with_previous(s3, plan(2, limits=None), stored(frame(other=range(40))), NEW) is None


def test_data_that_is_alike_passes_without_a_word(s3: "S3Client", caplog: pytest.LogCaptureFixture) -> None:
    accept_version(s3, 1, frame(), OLD)
    assert compare_with_previous(s3, plan(2), stored(frame(ages=np.arange(20, 60)[::-1])), NEW) is not None
    assert warned(caplog) == []


def test_what_is_above_the_limit_is_warned_of_in_the_log(
    s3: "S3Client", caplog: pytest.LogCaptureFixture
) -> None:
    accept_version(s3, 1, frame(), OLD)
    assert compare_with_previous(s3, plan(2), stored(frame(positives=30)), NEW) is not None
    assert warned(caplog) == ["label rate of 'y': 75.00 %, was 25.00 %"]


def test_what_chance_explains_is_not_warned_of(s3: "S3Client", caplog: pytest.LogCaptureFixture) -> None:
    accept_version(s3, 1, frame(), OLD)
    # A PSI of 0.27: but of 40 rows each, 10 and 20 positives are no rare draw (Fisher: p = 0.036).
    limits = DriftLimits(psi_fail=0.25)
    assert compare_with_previous(s3, plan(2, limits=limits), stored(frame(positives=20)), NEW) is not None
    assert warned(caplog) == []


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (frame().drop(columns="calls"), "column 'calls' is missing"),
        (frame(income=range(40)), "column 'income' is new"),
        (
            frame(ages=np.arange(20, 60) + 0.5),
            "column 'age' holds 20.5\nExpected: it has to be a whole number, as before",
        ),
        (frame(ages=range(100, 140)), "column 'age' has a PSI of"),
        (frame(positives=30), "label 'y' has a PSI of 1.0986"),
    ],
    ids=["missing", "new", "of another type", "drifted", "label drifted"],
)
def test_data_that_is_not_like_the_previous_fails_with_the_column(
    s3: "S3Client", table: pd.DataFrame, said: str
) -> None:
    accept_version(s3, 1, frame(), OLD)
    with pytest.raises(DriftError) as refused:
        compare_with_previous(s3, plan(2, limits=DriftLimits(psi_fail=0.25)), stored(table), NEW)
    assert said in str(refused.value)
    # The profile is there all the same, for a run that accepts this version.
    assert f"s3://bucket/{DEPLOYMENT_ID}/bank_marketing/profiles/{NEW}.json" in list_objects(
        s3, "s3://bucket/"
    )


def test_a_version_that_is_meant_becomes_the_one_to_compare_with(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(), OLD)
    wider = frame(income=range(40))
    with pytest.raises(DriftError, match="column 'income' is new"):
        compare_with_previous(s3, plan(2), stored(wider), NEW)
    # Run once without limits, as the message says.
    accept_version(s3, 2, wider, NEW)
    assert (
        compare_with_previous(s3, plan(3), stored(frame(positives=12, income=range(40))), "7c" * 32)
        is not None
    )


def test_a_previous_version_whose_profile_is_deleted_is_only_told(
    s3: "S3Client", caplog: pytest.LogCaptureFixture
) -> None:
    accept_version(s3, 1, frame(), OLD)
    bucket, key = split_uri(f"{plan(1).locations.profiles}/{OLD}.json")
    s3.delete_object(Bucket=bucket, Key=key)
    assert compare_with_previous(s3, plan(2), stored(frame(other=range(40))), NEW) is None
    assert warned(caplog) == ["The data of scheduled__1 has no profile: drift is not measured"]


def test_a_deleted_run_is_not_compared_with(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(positives=10), OLD)
    last = accept_version(s3, 2, frame(positives=30), "7c" * 32)
    delete_run(s3, last.locations, None)
    drift = compare_with_previous(s3, plan(3), stored(frame(positives=20)), NEW)
    assert drift is not None
    assert drift.previous_label_rate == 0.25


def csv_of(table: pd.DataFrame) -> bytes:
    return table.assign(z=0).to_csv(index=False).encode()


def split(s3: "S3Client", number: int, content: bytes) -> Split:
    """Split the n-th version of the data, which lies in the bucket."""
    uri, sha256 = f"s3://bucket/{number}.csv", hashlib.sha256(content).hexdigest()
    raw = contents_of().raw.model_copy(update={"uri": uri, "sha256": sha256})
    return split_to_s3(s3, raw, plan(number))


def test_the_split_tells_how_far_its_data_has_drifted(s3: "S3Client") -> None:
    versions = {1: csv_of(frame()), 2: csv_of(frame(positives=20))}
    for number, body in versions.items():
        write_object(s3, f"s3://bucket/{number}.csv", body, "text/csv")
    first = split(s3, 1, versions[1])
    assert first.drift is None
    accepted(s3, plan(1), data=hashlib.sha256(versions[1]).hexdigest())
    drift = split(s3, 2, versions[2]).drift
    assert drift is not None
    assert (drift.label_rate, drift.previous_label_rate) == (0.5, 0.25)


def test_data_that_has_drifted_too_far_is_not_split(s3: "S3Client") -> None:
    versions = {1: csv_of(frame()), 2: csv_of(frame(income=range(40)))}
    for number, body in versions.items():
        write_object(s3, f"s3://bucket/{number}.csv", body, "text/csv")
    split(s3, 1, versions[1])
    accepted(s3, plan(1), data=hashlib.sha256(versions[1]).hexdigest())
    with pytest.raises(DriftError, match="column 'income' is new"):
        split(s3, 2, versions[2])
    assert list_objects(s3, f"{plan(2).locations.run}/") == []


def test_a_profile_that_cannot_be_read_is_an_error_that_names_it(s3: "S3Client") -> None:
    accept_version(s3, 1, frame(), OLD)
    uri = f"{plan(1).locations.profiles}/{OLD}.json"
    write_object(s3, uri, b'{"schema_version": 2}', "application/json")
    with pytest.raises(DocumentError, match=f"{uri} has schema_version 2"):
        compare_with_previous(s3, plan(2), stored(frame(other=range(40))), NEW)
