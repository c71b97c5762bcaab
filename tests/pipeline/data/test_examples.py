"""The examples, split as their runs do: each shows what it is there for."""

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from include.datasets.make_examples import path_of
from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.data.table import read_table
from include.pipeline.documents.config import DATASETS, load_config
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.split import Split
from include.pipeline.errors import DataError
from include.pipeline.planning.hyperparameters.request import decided, hyperparameters_of
from include.pipeline.source.download import Received
from include.pipeline.source.policy import SourcePolicy
from local_aws.algorithms.toolkit.recordio import read_rows
from tests.pipeline.planned import plan_of
from tests.pipeline.report.example import contents_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def split(s3: "S3Client", name: str) -> tuple[RunPlan, Split]:
    """Split an example's table as its run does."""
    config = load_config(name)
    policy = SourcePolicy(max_bytes=config.max_source_bytes, local_folder=DATASETS)
    plan = plan_of({"bucket": "bucket"}, config=config, policy=policy, dag_id=name)
    content = path_of(name).read_bytes()
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=content)
    received = Received.of(io.BytesIO(content), etag=None, last_modified=None)
    raw = contents_of().raw.model_copy(
        update={"uri": "s3://bucket/raw.csv", "sha256": received.sha256, "url": f"{name}.csv"}
    )
    return plan, split_to_s3(s3, raw, plan)


def rows(s3: "S3Client", uri: str) -> np.ndarray:
    return np.loadtxt(io.BytesIO(read_object(s3, uri)), delimiter=",", ndmin=2)


@pytest.mark.parametrize("name", ["fraud", "credit_risk"])
def test_a_stratified_split_has_the_same_share_of_positives_on_both_sides(s3: "S3Client", name: str) -> None:
    plan, found = split(s3, name)
    shares = (found.train_positives / found.train_rows, found.test_positives / found.test_rows)
    assert shares[0] == pytest.approx(shares[1], rel=0.05)
    assert found.sides
    assert found.sides.by == "stratified"
    if name == "fraud":
        sent = decided(hyperparameters_of(plan.params.hyperparameters, plan.algorithm), found)
        assert float(sent["scale_pos_weight"]) == pytest.approx(199, rel=0.02)


def test_no_machine_is_trained_on_and_tested(s3: "S3Client") -> None:
    plan, found = split(s3, "predictive_maintenance")
    assert found.sides
    assert (found.sides.train_groups, found.sides.test_groups) == (67, 36)
    tested = pd.read_csv(io.BytesIO(read_object(s3, plan.locations.test_identifiers)))["machine"]
    assert tested.nunique() == 36
    # Each has all of its weeks there.
    assert set(tested.value_counts()) == {25}
    assert "read_on_since_serviced_on" in found.feature_names
    assert not any(name.startswith("machine") for name in found.feature_names)


def test_the_newest_days_are_tested_and_those_before_them_validate(s3: "S3Client") -> None:
    plan, found = split(s3, "demand_forecast")
    assert found.sides
    # A fifth of 210 days from the 5th of January 2026 on, each with 20 rows.
    assert (found.sides.tested_from, found.test_rows) == ("2026-06-22", 42 * 20)
    assert found.validation_rows % 20 == 0
    assert found.feature_names[:1] == ("sold_on_weekday",)
    assert plan.table.kind == "regression"


def test_each_user_and_each_film_is_a_column_of_which_a_row_has_one(s3: "S3Client") -> None:
    plan, found = split(s3, "recommendations")
    assert len(found.feature_names) == 120 + 60
    (uri,) = list_objects(s3, plan.locations.train)
    records = read_rows(read_object(s3, uri)).features
    assert set(records.getnnz(axis=1)) == {2}
    assert set(records.data) == {1}


def test_the_published_form_of_the_banks_data_has_no_duration_for_the_model(s3: "S3Client") -> None:
    plan, found = split(s3, "bank_marketing_raw")
    assert plan.table.leaks == ("duration",)
    assert not any("duration" in name for name in found.feature_names)
    assert {"job_unknown", "default_unknown", "euribor3m", "nr.employed"} <= set(found.feature_names)


def test_where_the_tutorials_file_is_wanted_the_error_names_who_reads_the_published_one() -> None:
    with (
        path_of("bank_marketing_raw").open("rb") as file,
        pytest.raises(DataError, match="Run the pipeline bank_marketing_raw") as refused,
    ):
        read_table(file, load_config("bank_marketing").table)
    assert "separated by semicolons" in refused.value.found


def test_gaps_stay_for_xgboost_and_are_filled_for_linear_learner(s3: "S3Client") -> None:
    plan, _ = split(s3, "churn")
    (uri,) = list_objects(s3, plan.locations.train)
    assert b",," in read_object(s3, uri)
    plan, _ = split(s3, "credit_risk")
    (uri,) = list_objects(s3, plan.locations.train)
    features = rows(s3, uri)[:, 1:]
    assert np.isfinite(features).all()
    assert np.abs(features.mean(axis=0)).max() < 0.1
