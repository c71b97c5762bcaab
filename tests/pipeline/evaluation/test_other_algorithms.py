"""A table with text and gaps through other algorithms than XGBoost, from its file to its predictions."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from include.pipeline.aws.object_store import list_objects, read_object, write_object
from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData
from include.pipeline.documents.split import Split
from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.documents.training.job import CompletedTrainingJob
from include.pipeline.errors import ParamError
from include.pipeline.evaluation.evaluate import evaluate_endpoint
from include.pipeline.evaluation.scoring import Answers, score_rows
from include.pipeline.history.accepted import accept
from include.pipeline.history.manifest import record_run
from include.pipeline.scoring.caller import EndpointCaller
from local_aws.algorithms.toolkit.recordio import read_rows
from tests.aws.clients import Aws
from tests.pipeline.churn_run import kept_raw
from tests.pipeline.data.encoding.churn import TABLE, churn, written
from tests.pipeline.planned import CONFIG, plan_of
from tests.pipeline.scoring.scored_rows import SCORE_CONFIG, score, score_plan_of
from tests.pipeline.serving_model import serving_model
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

FRAME = churn(rows=800, seed=3)
CONTENT = written(FRAME)
RAW = RawData(
    uri="s3://churn/churn.csv",
    url="https://data.example.com/churn.csv",
    sha1=hashlib.sha1(CONTENT, usedforsecurity=False).hexdigest(),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    bytes=len(CONTENT),
    etag=None,
    last_modified=None,
)


@dataclass(frozen=True)
class Run:
    aws: Aws
    plan: RunPlan
    split: Split
    job: CompletedTrainingJob
    evaluation: Evaluation


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="churn")
        write_object(s3, RAW.uri, CONTENT, "text/csv")
        yield aws


def planned(algorithm: AlgorithmName, hyperparameters: dict[str, str | int | float]) -> RunPlan:
    config = CONFIG.model_copy(update={"table": TABLE, "drift": None, "algorithm": algorithm})
    params = {"hyperparameters": hyperparameters, "image_version": "1", "validation_fraction": 0.1}
    return plan_of({"bucket": "churn", **params}, config=config, dag_id=algorithm)


def run_of(aws: Aws, plan: RunPlan) -> Run:
    s3, sagemaker = aws.client("s3"), aws.client("sagemaker")
    split = split_to_s3(s3, RAW, plan)
    job = serving_model(sagemaker, plan, split)
    evaluation = evaluate_endpoint(
        plan, split, job, s3=s3, runtime=aws.client("sagemaker-runtime"), logs=aws.client("logs")
    )
    return Run(aws, plan, split, job, evaluation)


@pytest.fixture(scope="module")
def knn(aws: Aws) -> Run:
    return run_of(aws, planned("knn", {"k": 15}))


@pytest.fixture(scope="module")
def linear(aws: Aws) -> Run:
    return run_of(aws, planned("linear-learner", {"positive_example_weight_mult": "balanced"}))


@pytest.fixture(scope="module")
def machines(aws: Aws) -> Run:
    return run_of(
        aws,
        planned(
            "factorization-machines",
            {"num_factors": 4, "epochs": 100, "mini_batch_size": 100, "bias_lr": 0.01, "linear_lr": 0.01},
        ),
    )


@pytest.fixture(params=["knn", "linear", "machines"])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.getfixturevalue(request.param)
    return found


def test_figures_are_those_of_the_scores(run: Run) -> None:
    s3, places = run.aws.client("s3"), run.plan.locations
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    assert len(predictions) == run.split.test_rows == 240
    area = roc_auc_score(predictions["label"], predictions["score"])
    assert run.evaluation.roc_auc == pytest.approx(area)
    # The plan and the age tell who leaves.
    assert area > 0.65
    assert run.evaluation.validation_rows == run.split.validation_rows == 56
    # Neither has what explains a model of XGBoost.
    assert run.evaluation.features == ()


def test_a_caller_with_the_json_gets_the_scores_of_the_evaluation_to_the_last_bit(run: Run) -> None:
    s3, places = run.aws.client("s3"), run.plan.locations
    encoding = Encoding.read(read_object(s3, places.encoding), places.encoding)
    test = np.random.RandomState(1729).choice(800, size=800, replace=False)[560:]
    body = encode_csv(written(FRAME.iloc[test].drop(columns="churned")), encoding)
    asked = score_rows(
        io.BytesIO(body),
        endpoint=run.plan.key,
        runtime=run.aws.client("sagemaker-runtime"),
        answers=Answers(algorithm=run.plan.algorithm),
    )
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    assert asked.tobytes() == predictions["score"].to_numpy().tobytes()


def test_factorization_machines_read_records_of_which_most_are_0(machines: Run) -> None:
    s3, places = machines.aws.client("s3"), machines.plan.locations
    (uri,) = list_objects(s3, places.train)
    assert uri.endswith("/train.pbr")
    found = read_rows(read_object(s3, uri))
    assert found.features.shape == (machines.split.train_rows, len(machines.split.feature_names))
    assert found.labels is not None
    assert found.labels.sum() == machines.split.train_positives
    marks = [
        at for at, name in enumerate(machines.split.feature_names) if name.startswith(("plan_", "region_"))
    ]
    assert set(np.unique(found.features.toarray()[:, marks])) == {0, 1}
    assert found.features[:, marks].nnz < 0.3 * len(marks) * machines.split.train_rows


def test_a_program_asks_the_endpoint_of_another_algorithm_as_that_wants_it(run: Run) -> None:
    s3 = run.aws.client("s3")
    record_run(s3, run.plan, run.evaluation, raw=RAW, split=run.split, training=run.job)
    caller = EndpointCaller.of_run(run.plan.locations.manifest, s3, run.aws.client("sagemaker-runtime"))
    test = np.random.RandomState(1729).choice(800, size=800, replace=False)[560:]
    answers = caller.ask(FRAME.iloc[test].head(20).to_dict(orient="records"))
    evaluated = pd.read_csv(io.BytesIO(read_object(s3, run.plan.locations.predictions))).head(20)
    assert [answer.score for answer in answers] == evaluated["score"].tolist()
    assert [answer.is_positive for answer in answers] == (evaluated["score"] >= 0.5).tolist()


@pytest.mark.parametrize("made", ["knn", "linear"])
def test_new_rows_are_scored_by_a_job_as_the_evaluation_did(
    made: str, request: pytest.FixtureRequest
) -> None:
    run: Run = request.getfixturevalue(made)
    s3, algorithm = run.aws.client("s3"), run.plan.algorithm
    manifest = record_run(s3, run.plan, run.evaluation, raw=RAW, split=run.split, training=run.job)
    accept(s3, run.plan, manifest)
    config = SCORE_CONFIG.model_copy(
        update={
            "algorithm": algorithm,
            "params": SCORE_CONFIG.params.model_copy(update={"image_version": "1"}),
            "limits": SCORE_CONFIG.limits.model_copy(update={"image_versions": ("1",)}),
        }
    )
    plan = score_plan_of(made, config=config, pipeline=algorithm)
    test = np.random.RandomState(1729).choice(800, size=800, replace=False)[560:]
    rows = kept_raw(s3, written(FRAME.iloc[test].drop(columns="churned")), "new.csv")
    assert score(run.aws, rows, plan).encoded.rows == 240
    content = read_object(s3, f"{plan.locations.predictions}.csv")
    found = pd.read_csv(io.BytesIO(content), keep_default_na=False)
    evaluated = pd.read_csv(io.BytesIO(read_object(s3, run.plan.locations.predictions)))
    expected = evaluated.sort_values("score", ascending=False, kind="stable")
    assert found["customer"].tolist() == expected["customer"].tolist()
    assert found["score"].to_numpy().tobytes() == expected["score"].to_numpy().tobytes()


def test_the_score_of_k_nn_is_the_share_of_positives_among_the_neighbours(knn: Run) -> None:
    s3, places = knn.aws.client("s3"), knn.plan.locations
    (train,) = (read_object(s3, uri) for uri in list_objects(s3, places.train))
    rows = pd.read_csv(io.BytesIO(train), header=None).to_numpy()
    features = pd.read_csv(io.BytesIO(read_object(s3, places.test_features)), header=None).to_numpy()
    own = KNeighborsClassifier(15).fit(rows[:, 1:], rows[:, 0].astype(int)).predict_proba(features)[:, 1]
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    assert predictions["score"].to_numpy() == pytest.approx(own)


@pytest.mark.parametrize(
    ("hyperparameters", "said"),
    [
        ({"k": 505}, "k = 505(?s:.*)the table gives 504"),
        (
            {"dimension_reduction_type": "sign", "dimension_reduction_target": 40},
            "dimension_reduction_target = 40(?s:.*)below the number of features",
        ),
    ],
)
def test_what_the_table_is_too_small_for_is_refused_before_a_job(
    aws: Aws, hyperparameters: dict[str, str | int | float], said: str
) -> None:
    with pytest.raises(ParamError, match=said):
        split_to_s3(aws.client("s3"), RAW, planned("knn", hyperparameters))
