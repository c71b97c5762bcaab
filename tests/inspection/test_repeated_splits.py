"""How far figures depend on the split: the same models and figures as by pandas, xgboost and scikit-learn."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.datasets import load_diabetes, load_wine
from sklearn.metrics import f1_score, log_loss, mean_squared_error, roc_auc_score

from include.inspection import repeated_splits
from include.inspection.repeated_splits import Repeat, repeat_splits
from include.pipeline.documents.config import DATASETS, PipelineConfig, load_config
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import ConfigError

SAMPLE = DATASETS / "bank_marketing_sample.csv"


@pytest.fixture
def config() -> PipelineConfig:
    found = load_config("bank_marketing")
    fewer = dict(found.params.hyperparameters) | {"num_round": 10}
    params = found.params.model_copy(update={"hyperparameters": fewer})
    return found.model_copy(update={"params": params})


def repeats_of(config: PipelineConfig, times: int) -> list[Repeat]:
    with SAMPLE.open("rb") as file:
        return list(repeat_splits(file, config, times))


@pytest.mark.long
def test_each_split_is_the_tutorials_by_its_own_seed_and_the_figures_are_of_its_two_sides(
    config: PipelineConfig,
) -> None:
    repeats = repeats_of(config, 3)
    assert [one.seed for one in repeats] == [1729, 1730, 1731]
    table = pd.read_csv(SAMPLE, index_col=0).drop(columns="y_no")
    settings = {name: value for name, value in config.params.hyperparameters.items() if name != "num_round"}
    for one in repeats:
        rows = table.sample(frac=1, random_state=one.seed)
        cut = int(0.7 * len(rows))
        train, test = rows[:cut], rows[cut:]
        model = xgboost.train(
            settings, xgboost.DMatrix(train.drop(columns="y_yes").to_numpy(), train["y_yes"]), 10
        )
        for side, told in ((train, one.trained_on), (test, one.tested_on)):
            scores = model.predict(xgboost.DMatrix(side.drop(columns="y_yes").to_numpy()))
            assert told.rows == len(side)
            assert told.figures["roc_auc"] == pytest.approx(roc_auc_score(side["y_yes"], scores))
            assert told.figures["log_loss"] == pytest.approx(log_loss(side["y_yes"], scores.astype(float)))


@pytest.mark.parametrize(
    ("table", "objective", "expected"),
    [
        (load_wine(as_frame=True).frame, {"objective": "multi:softprob", "num_class": 3}, "macro_f1"),
        (load_diabetes(as_frame=True).frame, {"objective": "reg:squarederror"}, "rmse"),
    ],
    ids=["three classes", "a number"],
)
def test_labels_of_other_kinds_have_their_own_figures(
    table: pd.DataFrame, objective: dict[str, str | int], expected: str, config: PipelineConfig
) -> None:
    kind = "multiclass" if "num_class" in objective else "regression"
    settings = objective | {"max_depth": 3, "eta": 0.2}
    params = config.params.model_copy(update={"hyperparameters": settings | {"num_round": 10}})
    wanted = config.model_copy(
        update={"params": params, "table": TableConfig.model_validate({"label": "target", "kind": kind})}
    )
    (one,) = repeat_splits(io.BytesIO(table.to_csv(index=False).encode()), wanted, 1)
    rows = table.sample(frac=1, random_state=1729)
    cut = int(0.7 * len(rows))
    sides = [
        xgboost.DMatrix(part.drop(columns="target"), part["target"]) for part in (rows[:cut], rows[cut:])
    ]
    answers = xgboost.train(settings, sides[0], 10).predict(sides[1])
    labels = rows["target"][cut:]
    figure = (
        f1_score(labels, answers.argmax(axis=1), average="macro")
        if kind == "multiclass"
        else mean_squared_error(labels, answers) ** 0.5
    )
    assert one.tested_on.figures[expected] == pytest.approx(figure)


def test_a_split_by_time_is_refused_as_there_is_only_one(config: PipelineConfig) -> None:
    table = config.table.model_copy(update={"split": "time", "time": "age"})
    with pytest.raises(ConfigError, match="split: time"):
        repeats_of(config.model_copy(update={"table": table}), 2)


@pytest.mark.long
def test_the_command_prints_the_mean_and_spread_of_each_figure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], config: PipelineConfig
) -> None:
    monkeypatch.setattr(
        "sys.argv", ["", "--pipeline", "bank_marketing", "--data", str(SAMPLE), "--times", "3"]
    )
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(repeated_splits, "load_config", lambda _: config)
    assert repeated_splits.main() == 0
    values = np.array([one.tested_on.figures["roc_auc"] for one in repeats_of(config, 3)])
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "ROC AUC" in line)
    mean, deviation, lowest, highest = (float(cell) for cell in row.replace("│", "|").split("|")[2:6])
    assert mean == pytest.approx(values.mean(), abs=5e-5)
    assert deviation == pytest.approx(values.std(ddof=1), abs=5e-5)
    assert (lowest, highest) == pytest.approx((values.min(), values.max()), abs=5e-5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--times", "1", "--data", str(SAMPLE)], "TIMES=1"),
        (["--data", "absent.csv"], "DATA=absent.csv: No such file"),
        (["--data", str(DATASETS / "bank_marketing.yaml")], "Found:"),
    ],
    ids=["once", "absent", "no table"],
)
def test_what_cannot_be_done_is_told_in_a_few_lines(
    arguments: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["", "--pipeline", "bank_marketing", *arguments])
    assert repeated_splits.main() == 1
    assert told in capsys.readouterr().out
