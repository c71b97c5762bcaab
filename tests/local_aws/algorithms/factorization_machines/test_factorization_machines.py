"""Factorization Machines, from channels to answers, against sums over pairs and numerical derivatives."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from werkzeug.test import Client

from local_aws.algorithms.factorization_machines.model import FactorizationMachine
from local_aws.algorithms.factorization_machines.serving import application
from local_aws.algorithms.factorization_machines.training import train
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl
from tests.local_aws.algorithms.records import dense, doubles, sparse
from tests.local_aws.algorithms.training_inputs import CSV, RECORDIO, prepare

FEATURES, FACTORS = 4, 2
BINARY = {
    "feature_dim": str(FEATURES),
    "num_factors": str(FACTORS),
    "predictor_type": "binary_classifier",
}
REGRESSOR = {**BINARY, "predictor_type": "regressor"}


def polynomial(parameters: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Rendle's equation 1, pair by pair. The parameters are bias, weights, factors, in one vector."""
    bias, weights = parameters[0], parameters[1 : 1 + FEATURES]
    factors = parameters[1 + FEATURES :].reshape(FEATURES, FACTORS)
    values = bias + rows @ weights
    for i, j in itertools.combinations(range(FEATURES), 2):
        values += np.dot(factors[i], factors[j]) * rows[:, i] * rows[:, j]
    return values


def mean_loss(parameters: np.ndarray, table: np.ndarray, kind: str) -> float:
    """The mean loss, label first: cross entropy, or half the squared error."""
    values = polynomial(parameters, table[:, 1:])
    if kind == "regressor":
        return float(np.mean((values - table[:, 0]) ** 2) / 2)
    return float(np.mean(np.logaddexp(0, values) - table[:, 0] * values))


def as_vector(model: FactorizationMachine) -> np.ndarray:
    return np.concatenate([model.bias, model.weights, model.factors.ravel()]).astype(float)


@pytest.fixture(scope="module")
def table() -> np.ndarray:
    """60 rows whose label follows from the product of the first two features, and a little noise."""
    random = np.random.default_rng(5)
    features = random.normal(size=(60, FEATURES)).round(2)
    label = 1 + features[:, 2] + 2 * features[:, 0] * features[:, 1] + 0.1 * random.normal(size=60)
    return np.column_stack([label, features]).astype(np.float32).astype(float)


def labelled(table: np.ndarray, kind: str) -> np.ndarray:
    return table if kind == "regressor" else np.column_stack([table[:, 0] > 1, table[:, 1:]])


def trained(base: Path, table: np.ndarray, hyperparameters: dict[str, str]) -> OptMl:
    records = dense(table[:, 1:].tolist(), table[:, 0].tolist())
    opt_ml = prepare(base, hyperparameters, {"train": records}, RECORDIO)
    train(opt_ml)
    return opt_ml


def fitted(base: Path, table: np.ndarray, hyperparameters: dict[str, str]) -> FactorizationMachine:
    return load_model(FactorizationMachine, trained(base, table, hyperparameters).model)


def test_a_polynomial_is_the_sum_over_its_pairs(table: np.ndarray) -> None:
    parameters = np.random.default_rng(2).normal(size=1 + FEATURES * (1 + FACTORS))
    model = FactorizationMachine(
        "regressor", parameters[:1], parameters[1 : 1 + FEATURES], parameters[1 + FEATURES :].reshape(-1, 2)
    )
    np.testing.assert_allclose(model.score(table[:, 1:]), polynomial(parameters, table[:, 1:]))


# Of each part the first step of Adam is the learning rate, against the sign of the gradient.
@pytest.mark.parametrize("kind", ["binary_classifier", "regressor"])
def test_the_first_step_goes_down_the_numerical_gradient(
    tmp_path: Path, table: np.ndarray, kind: str
) -> None:
    rows = labelled(table, kind)
    given = {**BINARY, "predictor_type": kind, "factors_init_sigma": "0.5", "linear_init_sigma": "0.5"}
    still = {f"{part}_lr": "0" for part in ("bias", "linear", "factors")}
    start = as_vector(fitted(tmp_path / "start", rows, {**given, **still}))
    decays = np.repeat([0.01, 0.001, 0.00001], [1, FEATURES, FEATURES * FACTORS])
    gradient = approx_fprime(start, mean_loss, 1e-6, rows, kind) + decays * start
    rates = np.repeat([0.1, 0.001, 0.0001], [1, FEATURES, FEATURES * FACTORS])
    step = as_vector(fitted(tmp_path / "step", rows, given)) - start
    np.testing.assert_allclose(step, -rates * np.sign(gradient), rtol=0.01)


def test_two_steps_of_adam_on_plain_numbers(tmp_path: Path) -> None:
    """One feature that is always 0: the bias alone is trained, on batches of one label each."""
    table = np.array([[3.0, 0.0], [-1.0, 0.0]])
    given = {"feature_dim": "1", "num_factors": "1", "predictor_type": "regressor", "mini_batch_size": "1"}
    more = {"bias_init_method": "constant", "bias_init_value": "0.5", "bias_lr": "0.2", "bias_wd": "0.1"}
    clipped = {"clip_gradient": "2", "eps": "0.5", "rescale_grad": "0.8"}
    bias, mean, variance = 0.5, 0.0, 0.0
    for step, label in enumerate([3.0, -1.0], start=1):
        gradient = min(max(0.8 * (bias - label) + 0.1 * bias, -2.0), 2.0)
        mean = 0.9 * mean + 0.1 * gradient
        variance = 0.999 * variance + 0.001 * gradient**2
        rate = 0.2 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
        bias -= rate * mean / (variance**0.5 + 0.5)
    model = fitted(tmp_path, table, {**given, **more, **clipped})
    assert model.bias[0] == pytest.approx(bias, rel=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["binary_classifier", "regressor"])
def test_many_passes_come_to_the_loss_that_another_optimizer_finds(
    tmp_path: Path, table: np.ndarray, kind: str
) -> None:
    rows = labelled(table, kind)[:40]
    rates = {"bias_lr": "0.1", "linear_lr": "0.1", "factors_lr": "0.1"}
    decays = {"bias_wd": "0.02", "linear_wd": "0.02", "factors_wd": "0.02"}
    given = {"predictor_type": kind, "epochs": "150", "factors_init_sigma": "0.5"}
    model = fitted(tmp_path, rows, {**BINARY, **rates, **decays, **given})

    def objective(parameters: np.ndarray) -> float:
        return mean_loss(parameters, rows, kind) + 0.01 * float(parameters @ parameters)

    start = np.random.default_rng(1).normal(size=1 + FEATURES * (1 + FACTORS)) / 2
    best = minimize(objective, start, method="L-BFGS-B", options={"maxiter": 40}).fun
    assert objective(as_vector(model)) == pytest.approx(best, rel=0.02, abs=0.003)


def test_sparse_records_train_the_same_model(tmp_path: Path, table: np.ndarray) -> None:
    rows = table * (np.abs(table) > 0.6) + [5, 0, 0, 0, 0]
    records = sparse(
        [{at: value for at, value in enumerate(row) if value} for row in rows[:, 1:].tolist()],
        FEATURES,
        rows[:, 0].tolist(),
    )
    opt_ml = prepare(tmp_path / "sparse", REGRESSOR, {"train": records}, RECORDIO)
    train(opt_ml)
    found = load_model(FactorizationMachine, opt_ml.model)
    np.testing.assert_allclose(as_vector(found), as_vector(fitted(tmp_path, rows, REGRESSOR)), rtol=1e-5)


@pytest.mark.parametrize(
    ("method", "value", "low", "high"),
    [("uniform", {"scale": "0.5"}, -0.5, 0.5), ("constant", {"value": "0.25"}, 0.25, 0.25)],
)
def test_where_the_parameters_start(  # noqa: PLR0917 - fixtures
    tmp_path: Path, table: np.ndarray, method: str, value: dict[str, str], low: float, high: float
) -> None:
    given = {f"factors_init_{name}": text for name, text in {"method": method, **value}.items()}
    factors = fitted(tmp_path, table, {**REGRESSOR, **given, "factors_lr": "0"}).factors
    assert low <= factors.min() <= factors.max() <= high
    assert (np.ptp(factors) > 0.3) == (method == "uniform")


def ask(opt_ml: OptMl, body: bytes | str, content_type: str, accept: str = "application/json") -> Any:
    headers = {"Content-Type": content_type, "Accept": accept}
    return Client(application(opt_ml.model)).post("/invocations", data=body, headers=headers)


@pytest.mark.parametrize("kind", ["binary_classifier", "regressor"])
def test_answers_have_the_documented_form(tmp_path: Path, table: np.ndarray, kind: str) -> None:
    opt_ml = trained(tmp_path, labelled(table, kind), {**BINARY, "predictor_type": kind})
    parameters = as_vector(load_model(FactorizationMachine, opt_ml.model))
    values = polynomial(parameters, table[:3, 1:])
    scores = values if kind == "regressor" else 1 / (1 + np.exp(-values))
    features = table[:3, 1:].tolist()
    keyed = [
        {"data": {"features": {"keys": [0, 1, 2, 3], "shape": [FEATURES], "values": row}}} for row in features
    ]
    for body, content_type in [
        (json.dumps({"instances": [{"features": row} for row in features]}), "application/json"),
        (json.dumps({"instances": keyed}), "application/json"),
        ("".join(json.dumps(row) + "\n" for row in keyed), "application/jsonlines"),
        (dense(features), "application/x-recordio-protobuf"),
        (
            sparse([dict(enumerate(row)) for row in features], FEATURES, [0, 0, 0]),
            "application/x-recordio-protobuf",
        ),
    ]:
        found = ask(opt_ml, body, content_type).json["predictions"]
        np.testing.assert_allclose([one["score"] for one in found], scores, rtol=1e-5)
        labels = [one.get("predicted_label") for one in found]
        assert labels == ([None] * 3 if kind == "regressor" else [int(score >= 0.5) for score in scores])
    lines = ask(opt_ml, dense(features), "application/x-recordio-protobuf", "application/jsonlines").text
    assert [json.loads(line) for line in lines.splitlines()] == found


def test_no_csv(tmp_path: Path, table: np.ndarray) -> None:
    opt_ml = trained(tmp_path, table, REGRESSOR)
    answer = ask(opt_ml, "1,2,3,4", "text/csv")
    assert (answer.status_code, answer.text) == (
        415,
        (
            "Content type 'text/csv' is not supported. Supported are: application/json, "
            "application/jsonlines, application/x-recordio-protobuf."
        ),
    )
    assert (
        ask(opt_ml, dense([[1, 2, 3, 4]]), "application/x-recordio-protobuf", "text/csv").status_code == 406
    )


def test_each_pass_logs_its_metrics(
    tmp_path: Path, table: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        model = fitted(tmp_path, table, {**REGRESSOR, "epochs": "3"})
    logged = re.findall(r"#quality_metric: host=algo-1, epoch=(\d), train rmse <loss>=(\S+)", caplog.text)
    assert [epoch for epoch, _ in logged] == ["0", "1", "2"]
    errors = polynomial(as_vector(model), table[:, 1:]) - table[:, 0]
    assert float(logged[-1][1]) == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=1e-4)


@pytest.mark.parametrize(
    ("changes", "content", "config", "message"),
    [
        ({}, b"1,2,3,4,5\n", CSV, "'text/csv' is not one of ['application/x-recordio-protobuf']"),
        (
            {},
            doubles([[1.0] * 4], [1.0]),
            RECORDIO,
            "a value is a float64_tensor, and has to be one of float32",
        ),
        ({}, dense([[1.0] * 4], [2.0]), RECORDIO, "The labels of channel 'train' are not all 0 or 1, as the"),
        ({}, dense([[1.0] * 3], [1.0]), RECORDIO, "'feature_dim' has value 4 but the data has 3 features"),
        (
            {"predictor_type": "regressor", "bias_lr": "1e300", "epochs": "3"},
            dense([[1.0] * 4], [1.0]),
            RECORDIO,
            "The training diverged: a parameter of the model is not finite. Use smaller learning rates",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_what_is_refused(
    tmp_path: Path, changes: dict[str, str], content: bytes, config: dict[str, str], message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        train(prepare(tmp_path, {**BINARY, **changes}, {"train": content}, config))
    assert message in str(caught.value)
