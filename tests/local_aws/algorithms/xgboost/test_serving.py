"""The serving process's answers: statuses, types and bytes."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.serving import application
from tests.local_aws.algorithms.records import dense

CSV = {"Content-Type": "text/csv"}


@pytest.fixture(scope="module")
def booster(rows: np.ndarray) -> Any:
    matrix = xgboost.DMatrix(rows[:, 1:], rows[:, 0])
    return xgboost.train({"objective": "binary:logistic"}, matrix, num_boost_round=5)


@pytest.fixture(scope="module")
def container(booster: Any, tmp_path_factory: pytest.TempPathFactory) -> Client:
    directory = tmp_path_factory.mktemp("model")
    booster.save_model(directory / "model.ubj")
    (directory / "model.ubj").rename(directory / "xgboost-model")
    return Client(application(directory))


def ask(container: Client, body: bytes, **headers: str) -> Any:
    return container.post("/invocations", data=body, headers=headers)


def as_csv(features: np.ndarray) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in features.tolist()).encode()


def test_ping(container: Client) -> None:
    assert container.get("/ping").status_code == 200
    assert container.get("/other").status_code == 404


def test_csv_answers_are_one_number_a_line(container: Client, booster: Any, rows: np.ndarray) -> None:
    expected = booster.predict(xgboost.DMatrix(rows[:, 1:])).tolist()
    answer = ask(container, as_csv(rows[:, 1:]), **CSV)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data == "".join(f"{score}\n" for score in expected).encode()


def test_json_answers(container: Client, booster: Any, rows: np.ndarray) -> None:
    scores = [{"score": score} for score in booster.predict(xgboost.DMatrix(rows[:2, 1:])).tolist()]
    body = as_csv(rows[:2, 1:])
    answer = ask(container, body, **CSV, Accept="application/json")
    assert (answer.content_type, answer.data) == (
        "application/json",
        json.dumps({"predictions": scores}).encode(),
    )


def test_an_empty_cell_is_a_missing_value(container: Client, booster: Any) -> None:
    expected = booster.predict(xgboost.DMatrix(np.array([[0.5, np.nan, 1.0]])))
    assert ask(container, b"0.5,,1.0", **CSV).data == f"{expected.tolist()[0]}\n".encode()


@pytest.mark.parametrize("content_type", ["text/libsvm", "text/x-libsvm", None])
@pytest.mark.parametrize(
    ("body", "dense_rows"),
    [
        pytest.param(b"1 0:0.5 2:1.0", [[0.5, 0, 1]], id="absent is 0, not missing"),
        pytest.param(b"1 1:0.5 3:1.0\n0 2:2", [[0.5, 0, 1], [0, 2, 0]], id="from 1 on, shifted"),
        pytest.param(b"1 0:0.5 2:1.0\n0 1:2", [[0.5, 0, 1], [0, 2, 0]], id="from 0 on, as a whole"),
    ],
)
def test_libsvm(
    container: Client, booster: Any, body: bytes, dense_rows: list[list[float]], content_type: str | None
) -> None:
    expected = booster.predict(xgboost.DMatrix(np.array(dense_rows, dtype=float))).tolist()
    headers = {"Content-Type": content_type} if content_type else {}
    assert ask(container, body, **headers).data == "".join(f"{score}\n" for score in expected).encode()


def test_an_empty_body_has_no_content(container: Client) -> None:
    answer = ask(container, b"", **CSV)
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize(
    ("body", "headers", "status", "message"),
    [
        pytest.param(
            b"1,2,3",
            {"Content-Type": "application/pdf"},
            415,
            (
                "application/pdf is not an accepted ContentType: csv, libsvm, parquet, recordio-protobuf, "
                "text/csv, text/libsvm, text/x-libsvm, application/x-parquet, "
                "application/x-recordio-protobuf."
            ),
            id="content-type",
        ),
        pytest.param(
            b"1,2,3",
            {"Content-Type": "text/csv; label_size=2"},
            415,
            (
                "text/csv; label_size=2 is not an accepted csv ContentType. Optional parameter label_size "
                "must be equal to 1"
            ),
            id="label-size",
        ),
        pytest.param(
            b"1,2,3",
            {"Content-Type": "application/x-parquet"},
            415,
            "Content-type application/x-parquet is not supported.",
            id="parquet",
        ),
        pytest.param(
            b"1,2,3",
            {"Content-Type": "application/x-recordio-protobuf"},
            415,
            (
                "Loading recordio-protobuf data failed with Exception, please ensure data is in "
                "recordio-protobuf format: <class 'ValueError'> Truncated record at offset 0"
            ),
            id="no-recordio",
        ),
        pytest.param(
            b"1 x:2",
            {"Content-Type": "text/libsvm"},
            415,
            "Loading libsvm data failed with Exception, please ensure data is in libsvm format:\n <class",
            id="no-libsvm",
        ),
        pytest.param(
            b"1,2,3", {**CSV, "Accept": "application/jsonlines"}, 500, "<!doctype html>", id="jsonlines"
        ),
        pytest.param(
            b"1,2,3",
            {**CSV, "Accept": "application/x-recordio-protobuf"},
            500,
            "<!doctype html>",
            id="recordio-answer",
        ),
        pytest.param(
            b"a,b,c\n1,2,3",
            CSV,
            415,
            "Loading csv data failed with Exception, please ensure data is in csv format:\n "
            "<class 'ValueError'>\n could not convert string to float: np.str_('a')",
            id="header",
        ),
        pytest.param(
            b"1,2,3\n1,2", CSV, 415, "Loading csv data failed with Exception, please ensure", id="ragged"
        ),
        pytest.param(
            b"\xff,1,2", CSV, 415, "Loading csv data failed with Exception, please ensure", id="not-text"
        ),
        pytest.param(b"1,2,3,4", CSV, 400, "Unable to evaluate payload provided: ", id="columns"),
        pytest.param(
            b"1,2,3",
            {**CSV, "Accept": "application/pdf"},
            406,
            "Accept type application/pdf is not supported. Please use supported accept types: "
            "['application/json', 'application/jsonlines', 'application/x-recordio-protobuf', 'text/csv'].",
            id="accept",
        ),
    ],
)
def test_refusals(container: Client, body: bytes, headers: dict[str, str], status: int, message: str) -> None:
    answer = ask(container, body, **headers)
    assert answer.status_code == status
    assert answer.text.startswith(message)


def test_the_largest_body(container: Client) -> None:
    row = b"0.5,1,2"
    assert ask(container, row.ljust(6_291_456), **CSV).status_code == 200
    assert ask(container, row.ljust(6_291_457), **CSV).status_code == 413


def test_an_archive_holds_a_model(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no model file"):
        application(tmp_path)
    (tmp_path / "xgboost-model").touch()
    with pytest.raises(ValueError, match="xgboost-model is empty"):
        application(tmp_path)


@pytest.mark.parametrize("content_type", ["csv", "text/csv;label_size=1", "TEXT/CSV; charset=utf-8"])
def test_content_types_of_csv(container: Client, content_type: str) -> None:
    answers = {
        ask(container, b"0.5,1,1", **{"Content-Type": kind}).data for kind in (content_type, "text/csv")
    }
    assert len(answers) == 1


def test_recordio(container: Client, booster: Any, rows: np.ndarray) -> None:
    features = rows[:5, 1:].astype(np.float32)
    answer = ask(container, dense(features.tolist()), **{"Content-Type": "application/x-recordio-protobuf"})
    expected = booster.predict(xgboost.DMatrix(features)).tolist()
    assert answer.data == "".join(f"{score}\n" for score in expected).encode()


def test_execution_parameters(container: Client) -> None:
    answer = container.get("/execution-parameters")
    assert answer.json == {
        "MaxConcurrentTransforms": os.cpu_count(),
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": 6,
    }


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "xgboost-model").write_bytes(b"cos\nsystem\n(S'touch opened'\ntR.")
    with pytest.raises(xgboost.core.XGBoostError):
        application(tmp_path)
    assert not (Path.cwd() / "opened").exists()
