"""k-means, from its channels to its answers, against scikit-learn's and plain arithmetic."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from werkzeug.test import Client

from local_aws.algorithms.kmeans.metrics import METRICS, OTHER_METRICS
from local_aws.algorithms.kmeans.model import KMeansModel
from local_aws.algorithms.kmeans.serving import application
from local_aws.algorithms.kmeans.training import train
from local_aws.algorithms.toolkit.model_files import load_model, save_model
from local_aws.errors import ClientError
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.records import dense
from tests.local_aws.algorithms.training_inputs import RECORDIO, prepare

PLAIN = {"ContentType": "text/csv;label_size=0"}
GIVEN = {"feature_dim": "2", "k": "3"}
CORNERS = np.array([[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]])


@pytest.fixture(scope="module")
def blobs() -> np.ndarray:
    """200 points around each of three corners, in a random order."""
    random = np.random.default_rng(4)
    return np.asarray(random.permutation(np.repeat(CORNERS, 200, axis=0) + random.normal(size=(600, 2))))


def centers(base: Path, points: np.ndarray, hyperparameters: dict[str, str]) -> np.ndarray:
    opt_ml = prepare(base, hyperparameters, {"train": as_csv(points)}, PLAIN)
    train(opt_ml)
    found: np.ndarray = load_model(KMeansModel, opt_ml.model).centers
    return found[np.lexsort(found.T.round())]


@pytest.mark.long
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"init_method": "kmeans++", "epochs": "3", "mini_batch_size": "50"},
        {"extra_center_factor": "1", "init_method": "kmeans++", "epochs": "10"},
        {"local_lloyd_init_method": "random", "local_lloyd_num_trials": "20", "extra_center_factor": "10"},
    ],
    ids=["defaults", "batches", "no-extra-centers", "other-lloyd"],
)
def test_clusters_are_nearly_as_tight_as_scikit_learns(
    tmp_path: Path, blobs: np.ndarray, changes: dict[str, str]
) -> None:
    found = centers(tmp_path, blobs, {**GIVEN, **changes})
    best = KMeans(3, n_init=5, random_state=0).fit(blobs)
    squares = ((blobs[:, None] - found[None]) ** 2).sum(axis=2).min(axis=1)
    assert squares.sum() <= 1.03 * best.inertia_
    np.testing.assert_allclose(found, CORNERS[np.lexsort(CORNERS.T)], atol=0.4)


@pytest.mark.parametrize("half_life", [0, 2])
def test_what_was_seen_long_ago_weighs_less(tmp_path: Path, half_life: int) -> None:
    """One center, five batches of two points."""
    points = np.arange(10.0)[:, None]
    given = {"feature_dim": "1", "k": "1", "extra_center_factor": "1", "mini_batch_size": "2"}
    found = centers(tmp_path, points, {**given, "half_life_time_size": str(half_life)})
    weights = [0.5 ** (4 - number // 2) if half_life else 1.0 for number in range(10)]
    assert found[0, 0] == pytest.approx(np.average(points[:, 0], weights=weights))


def test_lloyd_joins_the_extra_centers_by_their_weights(tmp_path: Path) -> None:
    """As many centers as points, and one cluster: the weighted mean of the points, one of which is double."""
    points = np.array([[0.0], [0.0], [3.0]])
    given = {"feature_dim": "1", "k": "1", "extra_center_factor": "3"}
    assert centers(tmp_path, points, given)[0, 0] == pytest.approx(1)


def test_labels_are_left_out(tmp_path: Path, blobs: np.ndarray) -> None:
    expected = centers(tmp_path / "plain", blobs, GIVEN)
    labels = np.arange(600.0)
    opt_ml = prepare(tmp_path / "csv", GIVEN, {"train": as_csv(np.column_stack([labels, blobs]))})
    train(opt_ml)
    np.testing.assert_allclose(
        sorted(load_model(KMeansModel, opt_ml.model).centers.sum(axis=1)), sorted(expected.sum(axis=1))
    )
    records = dense(blobs.tolist(), labels.tolist())
    opt_ml = prepare(tmp_path / "records", GIVEN, {"train": records}, RECORDIO)
    train(opt_ml)
    found = load_model(KMeansModel, opt_ml.model).centers
    np.testing.assert_allclose(sorted(found.sum(axis=1)), sorted(expected.sum(axis=1)), atol=1e-4)


def test_the_log_carries_the_metrics_that_were_asked_for(
    tmp_path: Path, blobs: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    channels = {"train": as_csv(blobs[:400]), "test": as_csv(blobs[400:])}
    opt_ml = prepare(tmp_path, {**GIVEN, "eval_metrics": '["msd", "ssd"]'}, channels, PLAIN)
    with caplog.at_level("INFO"):
        train(opt_ml)
    found = load_model(KMeansModel, opt_ml.model).centers
    lines = caplog.text.splitlines()
    logged = {
        metric.name: float(m[1])
        for metric in (*METRICS, *OTHER_METRICS)
        for line in lines
        if (m := metric.regex.match(line))
    }
    assert logged.pop("train:throughput") > 0
    squares = {
        name: ((part[:, None] - found[None]) ** 2).sum(axis=2).min(axis=1)
        for name, part in (("train", blobs[:400]), ("test", blobs[400:]))
    }
    assert logged == pytest.approx(
        {f"{name}:msd": part.mean() for name, part in squares.items()}
        | {f"{name}:ssd": part.sum() for name, part in squares.items()}
    )
    assert {metric.name: metric.direction for metric in METRICS} == {
        "test:msd": "Minimize",
        "test:ssd": "Minimize",
    }


def test_by_default_the_mean_alone_is_logged(
    tmp_path: Path, blobs: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        centers(tmp_path, blobs, GIVEN)
    assert re.findall(r"#quality_metric: host=algo-1, (\S+ \S+) <loss>", caplog.text) == ["train msd"]


def test_answers_are_the_guides_samples(tmp_path: Path) -> None:
    save_model(KMeansModel(np.array([[90.0, 90.0], [0.0, 0.0], [50.0, 0.0]])), tmp_path)
    container = Client(application(tmp_path))

    def answer(accept: str) -> str:
        headers = {"Content-Type": "text/csv", "Accept": accept}
        return container.post("/invocations", data="3,0\n50,5\n", headers=headers).text

    expected = [
        {"closest_cluster": 1.0, "distance_to_cluster": 3.0},
        {"closest_cluster": 2.0, "distance_to_cluster": 5.0},
    ]
    assert json.loads(answer("application/json")) == {"predictions": expected}
    assert [json.loads(line) for line in answer("application/jsonlines").splitlines()] == expected
    assert answer("text/csv") == "1.0,3.0\n2.0,5.0\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"k": None}, "No value(s) were specified for 'k' which are required hyperparameter(s)"),
        (
            {"init_method": "k-means++"},
            "'init_method' hyperparameter which accepts one of the following: 'random'",
        ),
        ({"extra_center_factor": "0"}, "expects one of the following: 'auto'; or an integer greater than 1"),
        ({"half_life_time_size": "-1"}, "which expects an integer greater than 0"),
        ({"local_lloyd_tol": "1.5"}, "which expects a number in [0, 1]"),
        ({"eval_metrics": '["mse"]'}, "expects a list with elements of the following: 'msd', 'ssd'"),
        ({"eval_metrics": "msd"}, "expects a list with elements of the following: 'msd', 'ssd'"),
        ({"k": "700"}, "k is 700, but there are only 600 distinct rows."),
        ({"feature_dim": "5"}, "The hyperparameter 'feature_dim' has value 5 but the data has 2 features."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_refusals(tmp_path: Path, blobs: np.ndarray, changes: dict[str, str | None], message: str) -> None:
    given = {name: text for name, text in {**GIVEN, **changes}.items() if text is not None}
    with pytest.raises(ClientError) as caught:
        centers(tmp_path, blobs, given)
    assert message in str(caught.value)
