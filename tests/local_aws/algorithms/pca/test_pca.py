"""PCA, from its channels to its answers, against the eigenvectors of the rows' products."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.pca.metrics import METRICS, OTHER_METRICS
from local_aws.algorithms.pca.model import PcaModel
from local_aws.algorithms.pca.serving import application
from local_aws.algorithms.pca.training import train
from local_aws.algorithms.toolkit.model_files import load_model, save_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare

PLAIN = {"ContentType": "text/csv;label_size=0"}
GIVEN = {"feature_dim": "5", "num_components": "3", "mini_batch_size": "100"}


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    """80 rows of five features that differ in their spread, are mixed, and are far from 0."""
    random = np.random.default_rng(6)
    mixed = random.normal(size=(80, 5)) * [5, 3, 2, 1, 0.5] @ random.normal(size=(5, 5))
    return np.asarray((mixed + 4).round(3))


def trained(base: Path, table: np.ndarray, **changes: str) -> OptMl:
    channels = {"train": as_csv(table[:60]), "test": as_csv(table[60:])}
    opt_ml = prepare(base, {**GIVEN, **changes}, channels, PLAIN)
    train(opt_ml)
    return opt_ml


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"subtract_mean": "false"},
        {"algorithm_mode": "randomized"},
        {"algorithm_mode": "randomized", "extra_components": "2", "subtract_mean": "false"},
    ],
    ids=["regular", "with-mean", "randomized", "randomized-with-mean"],
)
def test_projections_are_onto_the_eigenvectors_the_largest_last(
    tmp_path: Path, table: np.ndarray, changes: dict[str, str]
) -> None:
    model = load_model(PcaModel, trained(tmp_path, table, **changes).model)
    mean = 0 if "subtract_mean" in changes else table[:60].mean(axis=0)
    centered = table[:60] - mean
    values, vectors = np.linalg.eigh(centered.T @ centered)
    np.testing.assert_allclose(model.s, np.sqrt(values[-3:]), rtol=1e-6)
    expected = (table[60:] - mean) @ vectors[:, -3:]
    np.testing.assert_allclose(np.abs(model.project(table[60:])), np.abs(expected), atol=1e-6)


def test_the_same_rows_give_the_same_signs(tmp_path: Path, table: np.ndarray) -> None:
    first, second = (load_model(PcaModel, trained(tmp_path / name, table).model).v for name in "ab")
    np.testing.assert_array_equal(first, second)


def test_answers_are_the_guides_samples(tmp_path: Path) -> None:
    save_model(PcaModel(np.zeros(5), np.eye(5), np.ones(5)), tmp_path)
    container = Client(application(tmp_path))

    def ask(accept: str) -> Any:
        headers = {"Content-Type": "text/csv", "Accept": accept}
        return container.post("/invocations", data="1,2,3,4,5\n6,7,8,9,0\n", headers=headers)

    expected = [{"projection": [1.0, 2.0, 3.0, 4.0, 5.0]}, {"projection": [6.0, 7.0, 8.0, 9.0, 0.0]}]
    assert ask("application/json").json == {"projections": expected}
    lines = ask("application/jsonlines").text.splitlines()
    assert [json.loads(line) for line in lines] == expected
    assert ask("text/csv").status_code == 406


def test_the_log_tells_the_rate_and_what_the_test_rows_lose(
    tmp_path: Path, table: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        trained(tmp_path, table)
    (throughput,) = OTHER_METRICS
    (rate,) = [m[1] for line in caplog.text.splitlines() if (m := throughput.regex.match(line))]
    assert float(rate) > 0
    assert METRICS == ()
    values, vectors = np.linalg.eigh(np.cov(table[:60].T))
    assert values[0] <= values[-1]
    lost = ((table[60:] - table[:60].mean(axis=0)) @ vectors[:, :2]) ** 2
    (told,) = [record.args for record in caplog.records if "mean squared distance" in record.msg]
    assert told == (pytest.approx(lost.sum(axis=1).mean()),)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"num_components": "6"},
            "'num_components' hyperparameter which expects an integer not greater than",
        ),
        (
            {"mini_batch_size": "0"},
            "'mini_batch_size' hyperparameter which expects an integer greater than 1",
        ),
        (
            {"extra_components": "-2"},
            "'extra_components' hyperparameter which expects an integer greater than -1",
        ),
        (
            {"subtract_mean": "yes"},
            "'subtract_mean' hyperparameter which accepts one of the following: 'true'",
        ),
        (
            {"algorithm_mode": "fast"},
            "'algorithm_mode' hyperparameter which accepts one of the following: 'reg",
        ),
        ({"k": "3"}, "Additional hyperparameters are not allowed ('k' was unexpected)"),
        ({"feature_dim": "7"}, "The hyperparameter 'feature_dim' has value 7 but the data has 5 features."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_refusals(tmp_path: Path, table: np.ndarray, changes: dict[str, str], message: str) -> None:
    with pytest.raises(ClientError) as caught:
        trained(tmp_path, table, **changes)
    assert message in str(caught.value)


def test_no_more_components_than_rows(tmp_path: Path, table: np.ndarray) -> None:
    with pytest.raises(ClientError, match="num_components is 3, but there are only 2 rows"):
        train(prepare(tmp_path, GIVEN, {"train": as_csv(table[:2])}, PLAIN))
