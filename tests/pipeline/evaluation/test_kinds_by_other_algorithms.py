"""Numbers and classes through other algorithms than XGBoost, from the file to the report."""

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as scikit
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from include.pipeline.aws.object_store import list_objects, read_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.metrics import MulticlassEvaluation, RegressionEvaluation
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName
from include.pipeline.errors import DataError
from include.pipeline.report.page import render_report
from include.pipeline.values.params import LabelKind
from local_aws.algorithms.toolkit.recordio import read_rows
from tests.aws.clients import Aws
from tests.pipeline.evaluation.runs_of_kinds import DIABETES, WINE, Run, planned, ran, stored
from tests.pipeline.report.page_reader import Page
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

HYPERPARAMETERS: dict[AlgorithmName, dict[str, object]] = {
    "linear-learner": {},
    "knn": {"k": 7},
    # A mean of 150 is far from where it begins.
    "factorization-machines": {
        "num_factors": 4,
        "epochs": 300,
        "mini_batch_size": 100,
        "bias_lr": 1.0,
        "linear_lr": 0.5,
        "factors_lr": 0.001,
    },
}
TABLES: dict[LabelKind, tuple[pd.DataFrame, TableConfig]] = {
    "multiclass": (WINE, TableConfig(label="target", kind="multiclass", show_values=True)),
    "regression": (DIABETES, TableConfig(label="target", kind="regression", show_values=True)),
}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("s3").create_bucket(Bucket="kinds")
        yield aws


@pytest.fixture(
    scope="module",
    params=[
        ("linear-learner", "multiclass"),
        ("linear-learner", "regression"),
        ("knn", "multiclass"),
        ("knn", "regression"),
        ("factorization-machines", "regression"),
    ],
    ids="-".join,
)
def run(aws: Aws, request: pytest.FixtureRequest) -> Run:
    algorithm, kind = request.param
    frame, table = TABLES[kind]
    return ran(aws, frame, planned(table, HYPERPARAMETERS[algorithm], algorithm, image_version="1"))


def rows_of(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training labels and features, test labels and features, as the run has written them."""
    s3, places = run.aws.client("s3"), run.plan.locations
    (train,) = (read_object(s3, uri) for uri in list_objects(s3, places.train))
    features = np.loadtxt(io.BytesIO(read_object(s3, places.test_features)), delimiter=",", ndmin=2)
    labels = np.loadtxt(io.BytesIO(read_object(s3, places.test_labels)))
    if run.plan.algorithm == "factorization-machines":
        found = read_rows(train)
        assert found.labels is not None
        return found.labels, found.features.toarray(), labels, features
    table = np.loadtxt(io.BytesIO(train), delimiter=",", ndmin=2)
    return table[:, 0], table[:, 1:], labels, features


def scores_of(run: Run) -> np.ndarray:
    s3, places = run.aws.client("s3"), run.plan.locations
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    return predictions[
        [name for name in predictions if str(name).startswith(("score_", "prediction"))]
    ].to_numpy()


def test_figures_are_those_of_the_predictions(run: Run) -> None:
    _, _, labels, _ = rows_of(run)
    evaluation, found = run.evaluation, scores_of(run)
    if isinstance(evaluation, MulticlassEvaluation):
        names, said = [each.name for each in evaluation.classes], found[:, 0]
        wanted = [names[int(label)] for label in labels]
        assert evaluation.accuracy == scikit.accuracy_score(wanted, said.tolist())
        assert evaluation.accuracy > 0.9
        # The class is the one of the highest score.
        assert [names[at] for at in found[:, 1:].astype(float).argmax(axis=1)] == said.tolist()
    else:
        assert isinstance(evaluation, RegressionEvaluation)
        assert evaluation.rmse == pytest.approx(scikit.root_mean_squared_error(labels, found[:, 0]))
        assert evaluation.r2 == pytest.approx(scikit.r2_score(labels, found[:, 0]))
        assert evaluation.r2 > 0.3
    assert evaluation.features == ()


def test_scores_are_those_of_the_same_model_made_here(run: Run) -> None:
    labels, features, _, tested = rows_of(run)
    found = scores_of(run)
    match run.plan.algorithm, run.plan.table.kind:
        case "knn", "multiclass":
            own = KNeighborsClassifier(7).fit(features, labels).predict_proba(tested)
            assert found[:, 1:].astype(float) == pytest.approx(own)
        case "knn", _:
            own = KNeighborsRegressor(7).fit(features, labels).predict(tested)
            assert found[:, 0] == pytest.approx(own)
        case "linear-learner", "multiclass":
            own = LogisticRegression(C=1e6, max_iter=10_000).fit(features, labels).predict(tested)
            names = list(run.split.classes)
            assert np.mean([names[int(at)] for at in own] == found[:, 0]) > 0.95
        case _:
            # Ordinary least squares; interactions of Factorization Machines and a small penalty beside.
            own = LinearRegression().fit(features, labels).predict(tested)
            assert np.corrcoef(own, found[:, 0].astype(float))[0, 1] > 0.95


def test_the_report_names_the_algorithm_and_what_it_was_told(run: Run) -> None:
    text = Page.read(render_report(run.contents())).text
    algorithm = ALGORITHMS[run.plan.algorithm]
    assert algorithm.title in text
    assert algorithm.predictor_types is not None
    assert algorithm.predictor_types[run.plan.table.kind] in text
    if (run.plan.algorithm, run.plan.table.kind) == ("linear-learner", "multiclass"):
        assert "num_classes" in text


def test_a_label_of_two_classes_is_none_that_linear_learner_tells_apart(aws: Aws) -> None:
    frame = WINE[WINE["target"] != "Barolo"]
    table = TABLES["multiclass"][1]
    plan = planned(table, {}, "linear-learner", image_version="1")
    with pytest.raises(DataError, match=r"the label, has 2 classes(?s:.*)kind: binary"):
        split_to_s3(aws.client("s3"), stored(aws, frame, "two"), plan)
