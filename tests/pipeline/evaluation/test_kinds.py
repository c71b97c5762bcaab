"""Tables of a number and of several classes from their file to their report, on local AWS."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn import metrics as scikit

from include.pipeline.aws.object_store import read_object
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.split import split_to_s3
from include.pipeline.documents.manifest import ReusedModel
from include.pipeline.documents.metrics import (
    MulticlassEvaluation,
    RegressionEvaluation,
    read_evaluation,
)
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from include.pipeline.evaluation.confusion_table import figures_table
from include.pipeline.history.accepted import accept, find_same
from include.pipeline.history.manifest import read_manifest
from include.pipeline.report.page import render_report
from tests.aws.clients import Aws
from tests.pipeline.evaluation.runs_of_kinds import DIABETES, WINE, Run, planned, ran, stored
from tests.pipeline.report.page_reader import Page
from tests.services.local_aws_server import local_aws_server

pytestmark = pytest.mark.slow

OF_WINE = {"objective": "multi:softprob", "num_class": 3, "max_depth": 5, "eta": 0.2, "num_round": 30}
OF_DIABETES = {"objective": "reg:squarederror", "max_depth": 4, "eta": 0.05, "num_round": 60}


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with local_aws_server() as server:
        aws = Aws(server.url)
        aws.client("s3").create_bucket(Bucket="kinds")
        yield aws


@pytest.fixture(scope="module")
def wine(aws: Aws) -> Run:
    table = TableConfig(label="target", kind="multiclass", show_values=True)
    return ran(aws, WINE, planned(table, OF_WINE))


@pytest.fixture(scope="module")
def diabetes(aws: Aws) -> Run:
    table = TableConfig(label="target", kind="regression", show_values=True)
    gate = {"rmse": {"at_most": 70.0}, "r2": {"at_least": 0.3}}
    return ran(aws, DIABETES, planned(table, OF_DIABETES, gate=gate))


def by_xgboost(run: Run, labels: np.ndarray) -> np.ndarray:
    """What XGBoost itself answers for the test rows."""
    train, test = (side.drop(columns="target") for side in run.sides)
    given = {name: value for name, value in run.plan.params.hyperparameters.items() if name != "num_round"}
    rounds = int(run.plan.params.hyperparameters["num_round"])
    booster = xgboost.train(given, xgboost.DMatrix(train.to_numpy(), labels), rounds)
    return booster.predict(xgboost.DMatrix(test.to_numpy()))


def test_classes_are_numbered_in_their_order_and_judged(wine: Run) -> None:
    evaluation = wine.evaluation
    assert isinstance(evaluation, MulticlassEvaluation)
    names = ["Barbera", "Barolo", "Grignolino"]
    assert [each.name for each in evaluation.classes] == names == list(wine.split.classes)
    train, test = (side["target"].map({name: at for at, name in enumerate(names)}) for side in wine.sides)
    scores = by_xgboost(wine, train.to_numpy())
    said = scores.argmax(axis=1)
    assert evaluation.accuracy == scikit.accuracy_score(test, said)
    assert evaluation.macro_f1 == pytest.approx(scikit.f1_score(test, said, average="macro"))
    assert evaluation.log_loss == pytest.approx(scikit.log_loss(test, scores), rel=1e-5)
    assert np.array_equal(evaluation.counts, scikit.confusion_matrix(test, said))
    assert evaluation.baseline["accuracy"] == pytest.approx(test.value_counts(normalize=True).max())
    assert set(evaluation.intervals) == {"accuracy", "macro_f1", "log_loss"}
    assert evaluation.features[0].mean_abs_contribution > 0
    s3, places = wine.aws.client("s3"), wine.plan.locations
    kept = Encoding.read(read_object(s3, places.encoding), places.encoding)
    assert kept.classes == tuple(names)
    assert wine.split.encoding is not None
    assert kept.sha256 == wine.split.encoding.sha256
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    assert list(predictions) == ["label", "prediction", *(f"score_{name}" for name in names)]
    assert predictions["label"].tolist() == wine.sides[1]["target"].tolist()
    assert predictions["prediction"].tolist() == [names[at] for at in said]


def test_numbers_are_predicted_in_the_labels_unit_and_judged(diabetes: Run) -> None:
    evaluation = diabetes.evaluation
    assert isinstance(evaluation, RegressionEvaluation)
    train, test = (side["target"].to_numpy() for side in diabetes.sides)
    predicted = by_xgboost(diabetes, train)
    assert evaluation.rmse == pytest.approx(scikit.root_mean_squared_error(test, predicted), rel=1e-5)
    assert evaluation.mae == pytest.approx(scikit.mean_absolute_error(test, predicted), rel=1e-5)
    assert evaluation.r2 == pytest.approx(scikit.r2_score(test, predicted), rel=1e-4)
    assert evaluation.baseline["rmse"] == pytest.approx(test.std())
    assert evaluation.baseline["r2"] == pytest.approx(0)
    s3, places = diabetes.aws.client("s3"), diabetes.plan.locations
    found = json.loads(read_object(s3, places.metrics))
    assert {"kind": "regression", "rmse": evaluation.rmse, "r2": evaluation.r2}.items() <= found.items()
    assert read_evaluation(read_object(s3, places.metrics), "metrics.json") == evaluation
    predictions = pd.read_csv(io.BytesIO(read_object(s3, places.predictions)))
    assert predictions["prediction"].to_numpy() == pytest.approx(predicted, rel=1e-5)


def test_the_report_and_the_note_show_what_the_kind_has_and_nothing_of_another(
    wine: Run, diabetes: Run
) -> None:
    for run, has, lacks in (
        (wine, ("Macro F1", "Classes", "Barolo", "Confusion table"), ("RMSE", "Residuals")),
        (diabetes, ("RMSE", "R\u00b2", "Residuals", "is at least"), ("Macro F1", "Classes")),
    ):
        contents = run.contents()
        assert contents.missed == ()
        text = Page.read(render_report(contents)).text
        for word in has:
            assert word in text or word == "is at least", word
        for word in (*lacks, "ROC AUC", "positive", "threshold", "profit", "Brier"):
            assert word not in text, word
        assert "Passed the gate" in text
        table = figures_table(run.evaluation, run.plan.words, few_rows_shown=True)
        assert ("Barolo" in table) == (run is wine)
        assert "baseline" in table


def test_an_accepted_model_of_another_kind_is_noted_by_its_figure_and_used_again(
    wine: Run, diabetes: Run
) -> None:
    for run, note in ((wine, "Accuracy "), (diabetes, "RMSE ")):
        s3, contents = run.aws.client("s3"), run.contents()
        manifest = read_manifest(s3, run.plan)
        assert manifest is not None
        assert str(manifest).startswith(note)
        accept(s3, run.plan, manifest)
        assert find_same(s3, run.plan, run.raw.sha256) == manifest
        assert ReusedModel.read(ReusedModel.of(manifest).model_dump(mode="json"), "reuse_model") == (
            ReusedModel.of(manifest)
        )
        assert contents.evaluation.headline == manifest.metrics


def test_where_values_may_not_be_seen_classes_have_numbers_and_no_row_is_drawn(
    wine: Run, diabetes: Run
) -> None:
    hidden = replace(diabetes.contents(), plan=diabetes.plan.model_copy(update={"table": hide(diabetes)}))
    html = render_report(hidden)
    assert "Single rows are not drawn" in html
    assert len(html) < len(render_report(diabetes.contents()))
    s3 = wine.aws.client("s3")
    plan = planned(hide(wine), OF_WINE)
    split = split_to_s3(s3, wine.raw, plan)
    assert split.classes == ("class 1", "class 2", "class 3")
    assert "Barolo" not in split.model_dump_json()


def hide(run: Run) -> TableConfig:
    return run.plan.table.model_copy(update={"show_values": False})


def test_a_class_that_no_training_row_has_is_told_and_changes_nothing_that_is_fitted(
    wine: Run, aws: Aws
) -> None:
    frame = WINE.copy()
    frame.loc[wine.sides[1].index[:2], "target"] = "Amarone"
    plan = planned(wine.plan.table, OF_WINE | {"num_class": 4})
    split = split_to_s3(aws.client("s3"), stored(aws, frame, "amarone"), plan)
    assert split.classes == ("Barbera", "Barolo", "Grignolino", "Amarone")
    assert split.encoding is not None
    assert wine.split.encoding is not None
    assert split.encoding.unseen_rows == {"target": 2}
    assert split.encoding.sha256 == wine.split.encoding.sha256
    assert split.train_sha256 == wine.split.train_sha256
    with pytest.raises(DataError, match="the label, has 4 classes") as refused:
        split_to_s3(aws.client("s3"), stored(aws, frame, "amarone"), planned(wine.plan.table, OF_WINE))
    assert "num_class = 3" in str(refused.value)
