import json
import pickle

import numpy as np
import pytest
import xgboost
from scipy.special import expit, logit

from include.pipeline.evaluation import explanation
from include.pipeline.evaluation.explanation import explain, explained_rows, predict

pytestmark = pytest.mark.slow

NAMES = ("age", "calls", "noise")


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    rows = np.random.default_rng(5).integers(0, 40, size=(500, 3)).astype(float)
    rows[::7, 1] = np.nan
    return rows


@pytest.fixture(scope="module")
def booster(rows: np.ndarray) -> xgboost.Booster:
    labels = (rows[:, 0] + np.nan_to_num(rows[:, 1]) / 2 > 25).astype(int)
    return xgboost.train({"objective": "binary:logistic", "max_depth": 3}, xgboost.DMatrix(rows, labels), 10)


def printed(rows: np.ndarray) -> bytes:
    lines = (",".join("" if np.isnan(cell) else f"{cell:g}" for cell in row) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture(scope="module")
def model(booster: xgboost.Booster) -> bytes:
    return bytes(booster.save_raw("ubj"))


def test_each_column_is_named_with_the_mean_gain_of_its_splits(
    model: bytes, rows: np.ndarray, booster: xgboost.Booster
) -> None:
    trees = booster.trees_to_dataframe()
    splits = trees[trees["Feature"] != "Leaf"]
    expected = splits.groupby("Feature")["Gain"].mean()
    for feature in explain(model, printed(rows), NAMES):
        assert feature.gain == pytest.approx(expected.get(f"f{NAMES.index(feature.name)}", 0.0), rel=1e-4)


def test_of_many_rows_every_second_or_third_stands_for_all(
    model: bytes, rows: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = explain(model, printed(rows), NAMES)
    monkeypatch.setattr(explanation, "MOST_EXPLAINED", 200)
    found = explain(model, printed(rows), NAMES)
    assert found == explain(model, printed(rows[::3]), NAMES) != whole
    assert (explained_rows(500), explained_rows(201), explained_rows(200)) == (167, 101, None)


def shapley(tree: dict[str, object], row: np.ndarray) -> np.ndarray:
    """Work Shapley values of one tree out by their definition: over all subsets of known columns."""

    def expected(node: dict[str, object], known: frozenset[int]) -> float:
        if "leaf" in node:
            return float(node["leaf"])
        column = int(str(node["split"]).removeprefix("f"))
        by_id = {child["nodeid"]: child for child in node["children"]}
        if column in known:
            if np.isnan(row[column]):
                return expected(by_id[node["missing"]], known)
            side = "yes" if row[column] < float(node["split_condition"]) else "no"
            return expected(by_id[node[side]], known)
        covers = [child["cover"] for child in node["children"]]
        return sum(
            cover / sum(covers) * expected(child, known)
            for cover, child in zip(covers, node["children"], strict=True)
        )

    weights = {0: 1 / 3, 1: 1 / 6, 2: 1 / 3}  # of subsets of the two other columns, by their size
    values = np.zeros(3)
    for column in range(3):
        others = [other for other in range(3) if other != column]
        for subset in ((), (others[0],), (others[1],), tuple(others)):
            gained = expected(tree, frozenset({*subset, column})) - expected(tree, frozenset(subset))
            values[column] += weights[len(subset)] * gained
    return values


def test_contributions_are_the_shapley_values_of_the_trees(
    model: bytes, rows: np.ndarray, booster: xgboost.Booster
) -> None:
    few = rows[:20]
    trees = [json.loads(tree) for tree in booster.get_dump(dump_format="json", with_stats=True)]
    values = np.array([sum(shapley(tree, row) for tree in trees) for row in few])
    expected = dict(zip(NAMES, np.abs(values).mean(axis=0), strict=True))
    found = {feature.name: feature.mean_abs_contribution for feature in explain(model, printed(few), NAMES)}
    assert found == pytest.approx(expected, abs=1e-4)


def test_the_most_contributing_column_stands_first(model: bytes, rows: np.ndarray) -> None:
    found = explain(model, printed(rows), NAMES)
    assert {feature.name for feature in found} == set(NAMES)
    assert found[0].name == "age"
    weights = [feature.mean_abs_contribution for feature in found]
    assert weights == sorted(weights, reverse=True)


def test_a_model_of_one_column_and_one_row_is_explained(rows: np.ndarray) -> None:
    column = rows[:, :1]
    booster = xgboost.train(
        {"objective": "binary:logistic", "base_score": 0.5}, xgboost.DMatrix(column, column[:, 0] > 20), 1
    )
    (only,) = explain(bytes(booster.save_raw("ubj")), b"30\n", ["age"])
    score = booster.predict(xgboost.DMatrix(np.array([[30.0]])))[0]
    bias = booster.predict(xgboost.DMatrix(np.array([[30.0]])), pred_contribs=True)[0][-1]
    assert only.mean_abs_contribution == pytest.approx(abs(logit(score) - bias), abs=1e-5)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pickle.dumps({"a": 1}), id="a pickle, as images before 1.3-1 write"),
        pytest.param(b"{}", id="another JSON"),
        pytest.param(b"binf" + bytes(60), id="the binary format of XGBoost 1"),
    ],
)
def test_a_model_that_cannot_be_read_is_not_explained(
    content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert explain(content, b"1,2,3\n", NAMES) == ()
    assert "The model cannot be read" in caplog.text


def test_half_a_model_is_not_explained(model: bytes) -> None:
    assert explain(model[: len(model) // 2], b"1,2,3\n", NAMES) == ()


def leaf(tree: dict[str, object], row: np.ndarray) -> float:
    """Walk one tree from its root."""
    if "leaf" in tree:
        return float(tree["leaf"])
    by_id = {child["nodeid"]: child for child in tree["children"]}
    value = row[int(str(tree["split"]).removeprefix("f"))]
    if np.isnan(value):
        return leaf(by_id[tree["missing"]], row)
    return leaf(by_id[tree["yes" if value < float(tree["split_condition"]) else "no"]], row)


def test_scores_are_the_sums_of_the_trees_leaves(
    model: bytes, rows: np.ndarray, booster: xgboost.Booster
) -> None:
    trees = [json.loads(tree) for tree in booster.get_dump(dump_format="json")]
    base = booster.predict(xgboost.DMatrix(rows[:1]), output_margin=True)[0] - sum(
        leaf(tree, rows[0]) for tree in trees
    )
    scores = predict(model, printed(rows))
    assert scores is not None
    assert scores.shape == (500,)
    expected = expit([base + sum(leaf(tree, row) for tree in trees) for row in rows])
    assert scores == pytest.approx(expected, abs=1e-5)


def test_one_row_has_one_score(model: bytes, rows: np.ndarray) -> None:
    every, one = predict(model, printed(rows)), predict(model, printed(rows[:1]))
    assert every is not None
    assert one is not None
    assert one.tolist() == every[:1].tolist()


@pytest.mark.parametrize("content", [pickle.dumps({"a": 1}), b"{}", b"binf" + bytes(60)])
def test_a_model_that_cannot_be_read_has_no_scores(content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert predict(content, b"1,2,3\n") is None
    assert "The model cannot be read" in caplog.text


def test_of_several_classes_it_is_the_mean_over_them(rows: np.ndarray) -> None:
    labels = (rows[:, 0] > 20).astype(int) + (rows[:, 1] > 12)
    params = {"objective": "multi:softprob", "num_class": 3}
    booster = xgboost.train(params, xgboost.DMatrix(rows, labels), 5)
    found = {
        feature.name: feature for feature in explain(bytes(booster.save_raw("ubj")), printed(rows), NAMES)
    }
    shap = np.abs(booster.predict(xgboost.DMatrix(rows), pred_contribs=True))
    for column, name in enumerate(NAMES):
        assert found[name].mean_abs_contribution == pytest.approx(shap[:, :, column].mean(), rel=1e-4)
        assert found[name].direction is None


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        pytest.param({"booster": "gblinear", "objective": "binary:logistic"}, "gain vs. weight", id="linear"),
    ],
)
def test_a_model_that_cannot_be_explained_has_no_explanation_and_the_log_says_why(
    params: dict[str, object], reason: str, rows: np.ndarray, caplog: pytest.LogCaptureFixture
) -> None:
    labels = (rows[:, 0] > 20).astype(int)
    booster = xgboost.train(params, xgboost.DMatrix(rows, labels), 2)
    assert explain(bytes(booster.save_raw("ubj")), printed(rows), NAMES) == ()
    assert "The model cannot be explained" in caplog.text
    assert reason in caplog.text


def test_a_higher_age_raises_the_score_and_noise_does_neither(
    model: bytes, rows: np.ndarray, booster: xgboost.Booster
) -> None:
    contributions = booster.predict(xgboost.DMatrix(rows), pred_contribs=True)
    there = ~np.isnan(rows[:, 1])
    expected = {
        "age": np.corrcoef(rows[:, 0], contributions[:, 0])[0, 1],
        "calls": np.corrcoef(rows[there, 1], contributions[there, 1])[0, 1],
    }
    found = {feature.name: feature.direction for feature in explain(model, printed(rows), NAMES)}
    assert found["age"] == pytest.approx(expected["age"], abs=1e-4)
    assert found["calls"] == pytest.approx(expected["calls"], abs=1e-4)
    assert found["age"] is not None
    assert found["age"] > 0.8


def test_a_column_that_is_the_same_in_all_rows_has_no_direction(model: bytes, rows: np.ndarray) -> None:
    same = np.array(rows[:50])
    same[:, 0] = 20
    found = {feature.name: feature.direction for feature in explain(model, printed(same), NAMES)}
    assert found["age"] is None


def test_columns_that_are_one_hot_are_told_as_a_whole() -> None:
    random = np.random.default_rng(9)
    job = random.integers(0, 3, 600)
    one_hot = np.eye(3)[job]
    flags = random.integers(0, 2, (600, 2)).astype(float)  # of these a row may have both
    values = np.column_stack([one_hot, flags])
    chance = np.array([0.1, 0.5, 0.9])[job]
    booster = xgboost.train(
        {"objective": "binary:logistic"}, xgboost.DMatrix(values, random.random(600) < chance), 10
    )
    names = ("job_of_admin", "job_of_maid", "job_of_none", "has_loan", "has_house")
    found = {
        feature.name: feature for feature in explain(bytes(booster.save_raw("ubj")), printed(values), names)
    }
    contributions = booster.predict(xgboost.DMatrix(values), pred_contribs=True)
    together = np.abs(contributions[:, :3].sum(axis=1)).mean()
    for name in names[:3]:
        assert found[name].family == "job_of"
        assert found[name].family_contribution == pytest.approx(together, rel=1e-4)
    for name in names[3:]:
        assert (found[name].family, found[name].family_contribution) == (None, None)
