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


def test_identifiers_that_somebody_has_changed_are_refused(run: ChurnRun) -> None:
    s3, place = run.aws.client("s3"), run.plan.locations.test_identifiers
    own = read_object(s3, place)
    write_object(s3, place, own.replace(b"C0", b"D0"), "text/csv")
    with pytest.raises(ObjectError, match="split_data wrote it with"):
        run.evaluate()
    write_object(s3, place, own, "text/csv")
