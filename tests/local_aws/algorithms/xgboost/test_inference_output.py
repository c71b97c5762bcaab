"""Selectable inference, batch mode and ensembles: what a model's environment changes in its answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.toolkit import recordio
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.serving import application

pytestmark = pytest.mark.slow

BODY = b"0.5,1,2\n-0.5,1,2"
ROWS = np.array([[0.5, 1, 2], [-0.5, 1, 2]])
Serve = Callable[..., Client]


@pytest.fixture
def serve(tmp_path: Path, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Serves models of some objective with some environment."""

    def start(objective: str, seeds: tuple[int, ...] = (0,), **environment: str) -> Client:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        for seed in seeds:
            booster = train(objective, rows, seed)
            booster.save_model(tmp_path / "model.ubj")
            (tmp_path / "model.ubj").rename(tmp_path / f"xgboost-model-{seed}")
        return Client(application(tmp_path))

    return start


def train(objective: str, rows: np.ndarray, seed: int = 0) -> Any:
    labels = (
        np.arange(200) % 3 if objective.startswith("multi:") else rows[:, 0] + objective.startswith("reg:g")
    )
    parameters = {"objective": objective, "seed": seed, "subsample": 0.5}
    if objective.startswith("multi:"):
        parameters["num_class"] = 3
    return xgboost.train(parameters, xgboost.DMatrix(rows[:, 1:], labels), 3)


def ask(client: Client, accept: str | None = None) -> Any:
    headers = {"Content-Type": "text/csv"} | ({"Accept": accept} if accept else {})
    return client.post("/invocations", data=BODY, headers=headers)


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        (
            "binary:logistic",
            lambda score: {
                "predicted_label": int(score > 0.5),
                "labels": [0, 1],
                "probability": score,
                "probabilities": [1 - score, score],
                "raw_score": score,
                "raw_scores": [1 - score, score],
            },
        ),
        (
            "binary:logitraw",
            lambda score: {
                "predicted_label": int(score > 0),
                "labels": [0, 1],
                "raw_score": score,
                "raw_scores": [1 - score, score],
            },
        ),
        (
            "binary:hinge",
            lambda score: {
                "predicted_label": score,
                "labels": [0, 1],
                "raw_score": score,
                "raw_scores": [1 - score, score],
            },
        ),
        (
            "multi:softmax",
            lambda score: {
                "predicted_label": score,
                "labels": [0, 1, 2],
                "raw_score": score,
                "raw_scores": [1 - score, score],
            },
        ),
        (
            "multi:softprob",
            lambda scores: {
                "predicted_label": int(np.argmax(scores)),
                "labels": [0, 1, 2],
                "probability": max(scores),
                "probabilities": scores,
                "raw_score": max(scores),
                "raw_scores": scores,
            },
        ),
        ("reg:squarederror", lambda score: {"predicted_score": score}),
        ("reg:logistic", lambda score: {"predicted_score": score}),
        ("reg:gamma", lambda score: {"predicted_score": score}),
        ("reg:tweedie", lambda score: {"predicted_score": score}),
    ],
)
def test_what_each_objective_offers(
    serve: Serve, rows: np.ndarray, objective: str, expected: Callable[[Any], dict[str, Any]]
) -> None:
    wanted = [expected(score) for score in train(objective, rows).predict(xgboost.DMatrix(ROWS)).tolist()]
    client = serve(objective, SAGEMAKER_INFERENCE_OUTPUT=",".join(wanted[0]))
    assert ask(client, "application/json").json == {"predictions": wanted}


@pytest.mark.parametrize("objective", ["rank:pairwise", "count:poisson", "reg:absoluteerror"])
def test_objectives_without_it(serve: Serve, objective: str) -> None:
    answer = ask(serve(objective, SAGEMAKER_INFERENCE_OUTPUT="predicted_label"))
    assert answer.status_code == 500
    assert answer.text == f"Objective `{objective}` unsupported for selectable inference predictions."


def test_keys_that_the_objective_does_not_offer_are_nan(serve: Serve) -> None:
    client = serve("binary:hinge", SAGEMAKER_INFERENCE_OUTPUT="Predicted_Label, probability, foo")
    first = ask(client, "application/json").get_json()["predictions"][0]
    assert list(first) == ["predicted_label", "probability", "foo"]
    assert np.isnan([first["probability"], first["foo"]]).all()
    assert ask(client).data.splitlines()[0].split(b",")[1:] == [b"nan", b"nan"]


def test_the_formats_of_an_answer(serve: Serve, rows: np.ndarray) -> None:
    first, second = train("binary:logistic", rows).predict(xgboost.DMatrix(ROWS)).tolist()
    client = serve("binary:logistic", SAGEMAKER_INFERENCE_OUTPUT="predicted_label,probabilities")
    answer = ask(client, "text/csv")
    assert answer.text == f'1,"[{1 - first}, {first}]"\n0,"[{1 - second}, {second}]"'
    answer = ask(client, "application/jsonlines")
    assert [json.loads(line) for line in answer.text.splitlines()] == [
        {"predicted_label": 1, "probabilities": [1 - first, first]},
        {"predicted_label": 0, "probabilities": [1 - second, second]},
    ]
    answer = ask(client, "application/x-recordio-protobuf")
    assert answer.content_type == "application/x-recordio-protobuf"
    records = []
    for framed in recordio.frames(answer.data):
        record = recordio.Record()
        record.ParseFromString(framed)
        records.append({name: list(value.float32_tensor.values) for name, value in record.label.items()})
    assert [record["predicted_label"] for record in records] == [[1], [0]]
    np.testing.assert_allclose(records[1]["probabilities"], [1 - second, second], rtol=1e-6)
    assert ask(client, "application/pdf").status_code == 406


def test_batch_mode(serve: Serve, rows: np.ndarray) -> None:
    scores = train("multi:softprob", rows).predict(xgboost.DMatrix(ROWS)).tolist()
    client = serve("multi:softprob", SAGEMAKER_BATCH="true")
    assert ask(client).text == f"{scores[0]}\n{scores[1]}\n"


def test_batch_mode_of_selectable_inference_ends_the_line(serve: Serve) -> None:
    client = serve("binary:logistic", SAGEMAKER_BATCH="true", SAGEMAKER_INFERENCE_OUTPUT="predicted_label")
    assert ask(client).text == "1\n0\n"


def test_rows_of_probabilities_are_csv_rows(serve: Serve, rows: np.ndarray) -> None:
    scores = train("multi:softprob", rows).predict(xgboost.DMatrix(ROWS)).tolist()
    client = serve("multi:softprob")
    assert ask(client).text == "".join(",".join(map(str, row)) + "\n" for row in scores)
    assert ask(client, "application/json").json == {"predictions": [{"score": row} for row in scores]}


def test_the_default_accept_and_the_largest_body_are_settings(serve: Serve) -> None:
    client = serve(
        "binary:logistic",
        SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="application/json",
        MAX_CONTENT_LENGTH=str(2 * 1024**2),
    )
    assert ask(client).content_type == "application/json"
    assert client.get("/execution-parameters").json["MaxPayloadInMB"] == 2
    headers = {"Content-Type": "text/csv"}
    assert client.post("/invocations", data=b" " * (2 * 1024**2 + 1), headers=headers).status_code == 413


def test_several_models_predict_their_mean(serve: Serve, rows: np.ndarray) -> None:
    each = [train("binary:logistic", rows, seed).predict(xgboost.DMatrix(ROWS)) for seed in (0, 1)]
    answer = ask(serve("binary:logistic", (0, 1)), "application/json")
    found = [prediction["score"] for prediction in answer.json["predictions"]]
    np.testing.assert_allclose(found, np.mean(each, axis=0))


def test_several_models_vote_for_a_class(serve: Serve, rows: np.ndarray) -> None:
    each = [train("multi:softmax", rows, seed).predict(xgboost.DMatrix(ROWS)) for seed in (0, 1, 2)]
    votes = [max(sorted(set(row)), key=list(row).count) for row in np.transpose(each).tolist()]
    answer = ask(serve("multi:softmax", (0, 1, 2)), "application/json")
    assert answer.json == {"predictions": [{"score": vote} for vote in votes]}


def test_the_first_of_several_models_alone(serve: Serve, rows: np.ndarray) -> None:
    expected = train("binary:logistic", rows, 0).predict(xgboost.DMatrix(ROWS)).tolist()
    client = serve("binary:logistic", (0, 1), SAGEMAKER_INFERENCE_ENSEMBLE="false")
    assert ask(client).text == "".join(f"{score}\n" for score in expected)
