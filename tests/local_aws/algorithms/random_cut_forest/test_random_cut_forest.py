"""Random Cut Forest, from its channels to its answers, against the definition, tree by tree."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from werkzeug.test import Client

from local_aws.algorithms.random_cut_forest.growing import grow
from local_aws.algorithms.random_cut_forest.metrics import METRICS
from local_aws.algorithms.random_cut_forest.model import RandomCutForest
from local_aws.algorithms.random_cut_forest.serving import application
from local_aws.algorithms.random_cut_forest.training import train
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.errors import ClientError
from local_aws.opt_ml import OptMl
from tests.aws.training_data import as_csv
from tests.local_aws.algorithms.training_inputs import prepare

GIVEN = {"feature_dim": "2", "num_trees": "50", "num_samples_per_tree": "40"}
TRAIN = {"ContentType": "text/csv;label_size=0", "S3DistributionType": "ShardedByS3Key"}
TEST = {"ContentType": "text/csv;label_size=1", "S3DistributionType": "FullyReplicated"}


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    """120 points around 0, some of them several times."""
    return np.random.default_rng(8).normal(size=(120, 2)).round(1)


@pytest.fixture(scope="module")
def forest(points: np.ndarray) -> RandomCutForest:
    return grow(points, 5, 40, np.random.default_rng(0))


def trained(base: Path, points: np.ndarray, test: np.ndarray | None = None, **changes: str) -> OptMl:
    channels = {"train": as_csv(points)} | ({} if test is None else {"test": as_csv(test)})
    opt_ml = prepare(base, {**GIVEN, **changes}, channels)
    config = {name: {"train": TRAIN, "test": TEST}[name] for name in channels}
    opt_ml.input_data_config.write_text(json.dumps(config))
    train(opt_ml)
    return opt_ml


def score_in_tree(forest: RandomCutForest, node: int, point: np.ndarray, depth: int, mass: int) -> float:
    """The score from a leaf up, as AWS's library visits the nodes, without the factor of the tree's mass."""
    low, high = forest.low[node].astype(float), forest.high[node].astype(float)
    if forest.children[node][0] == node:
        if (low == point).all():
            here = int(forest.mass[node])
            return (1 - here / (2 * mass)) / (depth + math.log2(here + 1))
        return 1 / (depth + 1)
    is_right = point[forest.dimension[node]] > forest.cut[node]
    below = score_in_tree(forest, forest.children[node][int(is_right)], point, depth + 1, mass)
    wide_low, wide_high = np.minimum(low, point), np.maximum(high, point)
    apart = 1 - (high - low).sum() / (wide_high - wide_low).sum()
    return float(apart / (depth + 1) + (1 - apart) * below)


def test_scores_are_the_means_over_the_trees(forest: RandomCutForest, points: np.ndarray) -> None:
    queries = np.vstack([points[:30], np.random.default_rng(1).normal(size=(30, 2)) * 3]).astype(np.float32)
    expected = [
        np.mean([score_in_tree(forest, root, row, 0, 40) for root in forest.roots]) * math.log2(41)
        for row in queries.astype(float)
    ]
    np.testing.assert_allclose(forest.score(queries), expected, rtol=1e-5)


def test_a_forest_of_two_points_by_hand() -> None:
    """Wherever they are cut, the points are leaves at depth 1."""
    forest = grow(np.array([[0.0], [1.0]]), 3, 2, np.random.default_rng(0))
    outside = 2 / 3 + 1 / 3 * 1 / 2
    seen = (1 - 1 / 4) / (1 + 1)
    np.testing.assert_allclose(
        forest.score(np.array([[3.0], [0.0]])), np.array([outside, seen]) * math.log2(3)
    )


def test_rows_are_scored_in_pieces_as_at_once(
    forest: RandomCutForest, points: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = forest.score(points)
    monkeypatch.setattr("local_aws.algorithms.random_cut_forest.model._MOST_NUMBERS", 70)
    np.testing.assert_array_equal(forest.score(points), at_once)


def test_trees_cut_their_sample_down_to_points(forest: RandomCutForest, points: np.ndarray) -> None:
    for root in forest.roots:
        to_see, leaves = [root], 0
        assert forest.mass[root] == 40
        while to_see:
            node = to_see.pop()
            first, second = forest.children[node]
            if first == node:
                assert (forest.low[node] == forest.high[node]).all()
                equal = (points.astype(np.float32) == forest.low[node]).all(axis=1).sum()
                assert 1 <= forest.mass[node] <= equal
                leaves += forest.mass[node]
                continue
            at, cut = forest.dimension[node], forest.cut[node]
            assert forest.mass[first] + forest.mass[second] == forest.mass[node]
            assert forest.high[first][at] <= cut < forest.low[second][at]
            to_see.extend((first, second))
        assert leaves == 40


def test_long_sides_are_cut_more_often() -> None:
    square = np.array([[0.0, 0.0], [9.0, 0.0], [0.0, 1.0], [9.0, 1.0]])
    forest = grow(square, 2000, 4, np.random.default_rng(3))
    first = forest.dimension[forest.roots]
    assert np.mean(first == 0) == pytest.approx(0.9, abs=0.02)
    assert np.mean(forest.cut[forest.roots][first == 0]) == pytest.approx(4.5, abs=0.2)


def test_what_is_far_from_the_others_scores_high(tmp_path: Path, points: np.ndarray) -> None:
    opt_ml = trained(tmp_path, points)
    headers = {"Content-Type": "text/csv", "Accept": "application/json"}

    def ask(body: bytes, **more: str) -> Any:
        return Client(application(opt_ml.model)).post("/invocations", data=body, headers=headers | more)

    answer = ask(b"0.1,0.2\n-0.3,0\n8,-7\n").json
    assert list(answer) == ["scores"]
    near, also_near, far = (one["score"] for one in answer["scores"])
    assert max(near, also_near) < 1 < far
    lines = ask(b"0.1,0.2\n8,-7\n", Accept="application/jsonlines").text.splitlines()
    assert [json.loads(line) for line in lines] == [{"score": near}, {"score": far}]
    assert ask(b"0.1,0.2\n", Accept="text/csv").status_code == 406


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (
            None,
            ["accuracy", "precision", "negative_precision", "recall", "negative_recall", "f1", "negative_f1"],
        ),
        ('["accuracy"]', ["accuracy"]),
    ],
    ids=["all", "accuracy"],
)
def test_a_labelled_test_channel_is_judged(
    tmp_path: Path,
    points: np.ndarray,
    caplog: pytest.LogCaptureFixture,
    asked: str | None,
    names: list[str],
) -> None:
    # Of three that are labelled as anomalous, the second is none.
    test = np.vstack(
        [np.column_stack([np.zeros(100), points[:100]]), [[1, 30, 30], [1, 0, 0.1], [1, -25, 40]]]
    )
    with caplog.at_level("INFO"):
        opt_ml = trained(tmp_path, points, test, **({} if asked is None else {"eval_metrics": asked}))
    scores = load_model(RandomCutForest, opt_ml.model).score(test[:, 1:])
    said = scores > scores.mean() + 3 * scores.std()
    assert said.tolist() == [False] * 100 + [True, False, True]
    logged = {
        line.split(" test ")[1].split(" <")[0]: float(line.rpartition("=")[2])
        for line in caplog.text.splitlines()
        if "#quality_metric: " in line
    }
    assert list(logged) == names
    assert logged["accuracy"] == pytest.approx(102 / 103)
    if asked is None:
        (metric,) = METRICS
        assert (metric.name, metric.direction) == ("test:f1", "Maximize")
        (f1,) = [m[1] for line in caplog.text.splitlines() if (m := metric.regex.match(line))]
        assert float(f1) == logged["f1"] == pytest.approx(0.8)
        assert logged["negative_recall"] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"feature_dim": "10001"},
            "'feature_dim' hyperparameter which expects an integer between 1 and 10000",
        ),
        ({"num_trees": "49"}, "'num_trees' hyperparameter which expects an integer between 50 and 1000"),
        (
            {"num_samples_per_tree": "2049"},
            "'num_samples_per_tree' hyperparameter which expects an integer between 1 and 2048",
        ),
        ({"eval_metrics": '["f1"]'}, "expects a list with elements of the following: 'accuracy', 'precision"),
        ({"feature_dim": "3"}, "The hyperparameter 'feature_dim' has value 3 but the data has 2 features."),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_hyperparameters_that_are_refused(
    tmp_path: Path, points: np.ndarray, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ClientError) as caught:
        trained(tmp_path, points, **changes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("config", "test", "message"),
    [
        (
            {"train": {**TRAIN, "S3DistributionType": "FullyReplicated"}},
            b"",
            "'FullyReplicated' is not one of ['ShardedByS3Key'] (channel 'train')",
        ),
        (
            {"train": TRAIN, "test": {**TEST, "S3DistributionType": "ShardedByS3Key"}},
            b"0,1,2\n",
            "'ShardedByS3Key' is not one of ['FullyReplicated'] (channel 'test')",
        ),
        (
            {"train": TRAIN, "test": TEST},
            b"2,1,2\n",
            "The labels of channel 'test' are not all 0 (normal) or 1",
        ),
        (
            {"train": TRAIN, "test": {**TEST, "ContentType": "text/csv;label_size=0"}},
            b"1,2\n",
            "The rows of channel 'test' have no labels, which are to be 0 (normal) or 1.",
        ),
    ],
    ids=["train-replicated", "test-sharded", "labels", "no-labels"],
)
def test_channels_that_are_refused(
    tmp_path: Path, points: np.ndarray, config: dict[str, Any], test: bytes, message: str
) -> None:
    channels = {"train": as_csv(points), **({"test": test} if test else {})}
    opt_ml = prepare(tmp_path, GIVEN, channels)
    opt_ml.input_data_config.write_text(json.dumps(config))
    with pytest.raises(ClientError) as caught:
        train(opt_ml)
    assert message in str(caught.value)
