"""A table with text from its file to its predictions, on local AWS: a row has one score, whoever asks."""

import hashlib
import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from include.pipeline.aws.object_store import read_object, write_object
from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.errors import ObjectError
from include.pipeline.history.manifest import record_run
from tests.aws.endpoints import invoke
from tests.pipeline.churn_run import FRAME, TEST, ChurnRun, churn_run
from tests.pipeline.data.encoding.churn import written

pytestmark = pytest.mark.slow


def predicted_of(run: ChurnRun) -> "pd.Series[float]":
    content = read_object(run.aws.client("s3"), run.plan.locations.predictions)
    return pd.read_csv(io.BytesIO(content))["score"]


@pytest.fixture(scope="module")
def run() -> Iterator[ChurnRun]:
    with churn_run() as made:
        yield made


def test_a_run_on_text_has_figures_identifiers_and_an_encoding_that_is_told(run: ChurnRun) -> None:
    s3, places = run.aws.client("s3"), run.plan.locations
    evaluation = run.evaluate()
    # The plan and the age tell who leaves.
    assert evaluation.roc_auc > 0.65
    assert {feature.family for feature in evaluation.features} == {"plan", "region", None}
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)), keep_default_na=False)
    assert list(predictions.columns) == ["label", "score", "customer"]
    assert predictions["customer"].tolist() == FRAME["customer"].iloc[TEST].tolist()
    assert predictions["label"].tolist() == (FRAME["churned"].iloc[TEST] == "Yes").astype(int).tolist()
    manifest = record_run(s3, run.plan, evaluation, raw=run.raw, split=run.split, training=run.job)
    assert manifest.split.encoding is not None
    kept = read_object(s3, places.encoding)
    assert manifest.split.encoding.sha256 == hashlib.sha256(kept).hexdigest()
    assert manifest.split.encoding.unseen_rows == {"plan": 12}
    assert manifest.split.encoding.features["plan"] == ("plan_basic", "plan_family", "plan_pro")


def test_a_caller_with_the_json_gets_the_scores_of_the_evaluation_to_the_last_bit(run: ChurnRun) -> None:
    run.evaluate()
    s3, places = run.aws.client("s3"), run.plan.locations
    encoding = Encoding.read(read_object(s3, places.encoding), places.encoding)
    body = encode_csv(written(FRAME.iloc[TEST].drop(columns="churned")), encoding)
    answer = invoke(run.aws.client("sagemaker-runtime"), run.plan.key, body, Accept="text/csv")
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    asked = np.array([float(line) for line in answer["Body"].split()])
    assert asked.tobytes() == predictions["score"].to_numpy().tobytes()


def test_figures_are_told_by_a_category_by_a_column_the_model_does_not_get_and_by_a_feature(
    run: ChurnRun,
) -> None:
    found = run.evaluate().groups
    test = FRAME.iloc[TEST].assign(score=[*predicted_of(run)])
    by = {
        ("plan", name): test["plan"].str.strip() == name for name in ("basic", "enterprise", "family", "pro")
    } | {
        ("plan", "no value"): test["plan"].str.strip().isin(["", "NA", "?"]),
        ("refund", "1 and over"): test["refund"] == "1.5",
        ("age", "under 40"): pd.to_numeric(test["age"], errors="coerce") < 40,
        ("age", "40 and over"): pd.to_numeric(test["age"], errors="coerce") >= 40,
        ("age", "no value"): pd.to_numeric(test["age"], errors="coerce").isna(),
    }
    expected = {}
    for group, chosen in by.items():
        rows = test[chosen]
        if len(rows):
            called, left = rows["score"] >= 0.5, rows["churned"] == "Yes"
            expected[group] = [int((left & called).sum()), int((~left & called).sum()), len(rows)]
    told = {
        (one.by, one.name): [one.confusion_matrix.tp, one.confusion_matrix.fp, one.confusion_matrix.rows]
        for one in found
    }
    assert told == expected


@pytest.mark.parametrize(("file", "value"), [("identifiers", b"C0"), ("groups", b"basic")])
def test_columns_beside_the_features_that_somebody_has_changed_are_refused(
    run: ChurnRun, file: str, value: bytes
) -> None:
    s3, place = run.aws.client("s3"), f"{run.plan.locations.run}/test/{file}.csv"
    own = read_object(s3, place)
    write_object(s3, place, own.replace(value, b"D0"), "text/csv")
    with pytest.raises(ObjectError, match="split_data wrote it with"):
        run.evaluate()
    write_object(s3, place, own, "text/csv")
