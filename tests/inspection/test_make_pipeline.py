"""From a file to a pipeline's YAML: what columns are taken for, and that the written file reads it."""

import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
import yaml

from include.inspection.__main__ import make_pipeline
from include.inspection.pipeline_file import pipeline_file
from include.inspection.table import Findings, look_at_table
from include.pipeline.data.table import read_table
from include.pipeline.documents import config
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.errors import ConfigError, DataError
from include.pipeline.planning.hyperparameters.check import check_hyperparameters
from include.pipeline.source.forms.plain_csv import as_plain_csv

ROWS = 400
RANDOM = np.random.default_rng(1729)
Y = RANDOM.integers(0, 2, ROWS)
NUMBERS = pd.DataFrame({"a": RANDOM.normal(size=ROWS).round(3), "b": RANDOM.integers(0, 9, ROWS), "y": Y})
CHURN = pd.DataFrame(
    {
        "customer_id": [f"C{at:04d}" for at in range(ROWS)],
        "plan": RANDOM.choice(["basic", "pro", "größe"], ROWS),
        "city": RANDOM.choice([f"city {at}" for at in range(30)], ROWS),
        "signup": pd.date_range("2024-01-01", periods=ROWS).strftime("%d.%m.%Y"),
        "usage": pd.Series(RANDOM.normal(size=ROWS).round(2))
        .astype(str)
        .where(RANDOM.random(ROWS) > 0.1, "?"),
        "note": [f"called on day {at} and was not there" for at in range(ROWS)],
        "same": "x",
        "refund": np.where(Y, RANDOM.integers(50, 99, ROWS), RANDOM.integers(0, 51, ROWS)),
        "churned": np.where(Y, "Yes", "No"),
    }
)
Z = RANDOM.normal(size=ROWS)


def look(table: pd.DataFrame, label: str | None = None, encoding: str = "utf-8", **options: Any) -> Findings:
    return look_at_table(io.BytesIO(table.to_csv(index=False, **options).encode(encoding)), label)


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets"
    folder.mkdir()
    monkeypatch.setattr(config, "DATASETS", folder)
    return folder


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"sep": ";"},
        {"sep": ";", "decimal": ","},
        {"sep": "\t", "decimal": ","},
        {"sep": "|"},
        {"header": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_written_file_reads_a_table_of_numbers(
    form: dict[str, Any], pack: Any, datasets: Path, tmp_path: Path
) -> None:
    data = tmp_path / "numbers.csv"
    data.write_bytes(pack(NUMBERS.to_csv(index=False, **form).encode()))
    label = "y" if form.get("header", True) else "column_3"
    assert make_pipeline("numbers", data, label) == datasets / "numbers.yaml"
    made = config.load_config("numbers")
    with data.open("rb") as file, as_plain_csv(file, made.table.file, most=10**6) as plain:
        read = read_table(plain, made.table)
    assert read.rows == ROWS
    for at, name in enumerate(read.names):
        assert np.array_equal(read.column(name), NUMBERS.iloc[:, at])


def test_decimal_commas_in_each_column_are_no_delimiters() -> None:
    table = pd.DataFrame(RANDOM.normal(size=(50, 3)), columns=list("abc")).assign(y=[0, 1] * 25)
    assert look(table, sep=";", decimal=",").form == {"delimiter": ";", "decimal": ","}
    assert look(table[["a", "y"]], sep=";", decimal=",").form == {"delimiter": ";", "decimal": ","}


def test_each_kind_of_column_is_told() -> None:
    found = look(CHURN)
    assert {column.name: column.kind for column in found.columns} == {
        "customer_id": "identifier",
        "plan": "category",
        "city": "category",
        "signup": "date",
        "usage": "number",
        "note": "text",
        "same": "dropped",
        "refund": "number",
        "churned": "label",
    }
    assert (found.label, found.answer.positive, found.missing, found.rows) == ("churned", "Yes", ("?",), ROWS)
    assert found.answer.rows.mean() == Y.mean()
    usage = next(column for column in found.columns if column.name == "usage")
    assert usage.missing == pytest.approx((CHURN["usage"] == "?").mean())


@pytest.mark.usefixtures("datasets")
def test_the_file_says_it_by_the_yaml_of_a_table(tmp_path: Path) -> None:
    data = tmp_path / "churn.csv"
    data.write_bytes(CHURN.to_csv(index=False, sep=";").encode("latin-1"))
    text = make_pipeline("churn", data, None).read_text()
    table = yaml.safe_load(text)["table"]
    assert table == {
        "label": "churned",
        "kind": "binary",
        "positive": "Yes",
        "drop": ["same"],
        "file": {"delimiter": ";", "encoding": "windows-1252"},
        "missing": ["?"],
        "columns": {
            "customer_id": "identifier",
            "plan": "category",
            "city": {"kind": "category", "encode": "ordinal"},
            "signup": {"kind": "date", "order": "day-month-year", "parts": ["year", "month", "weekday"]},
            "note": "text",
        },
    }
    made = config.load_config("churn").table
    with data.open("rb") as file, as_plain_csv(file, made.file, most=10**6, texts=made.as_text) as plain:
        read = read_table(plain, made)
    assert read.names == ("plan", "city", "signup", "usage", "refund", "churned")
    assert np.array_equal(read.column("churned"), Y)
    days = (pd.to_datetime(CHURN["signup"], format="%d.%m.%Y") - pd.Timestamp(0)).dt.days
    assert np.array_equal(read.column("signup"), days)
    assert "# Numbers, as every value of theirs is one: usage, refund\n" in text
    assert "# refund alone reaches a ROC AUC of " in text
    assert "write leaks: [refund]" in text
    assert "# - the label is taken to be 'churned'" in text
    assert yaml.safe_load(text)["params"]["data_url"] == "churn.csv"


def test_days_and_months_that_could_be_either_are_told() -> None:
    either = NUMBERS.assign(seen=[f"{1 + at % 12}/{1 + at % 7}/2024" for at in range(ROWS)])
    assert "'seen' is read as day-month-year, and could be month-day-year" in look(either, "y").unsure
    assert not [line for line in look(CHURN).unsure if "could be" in line]


def test_a_column_that_knows_the_answer_is_suspected_and_no_other_is() -> None:
    named = [line for line in look(CHURN).unsure if "may know the answer" in line]
    assert [line.split()[0] for line in named] == ["'refund'"]
    coded = NUMBERS.assign(code=np.where(Y, "won", "lost"))
    assert any("'code' alone reaches a ROC AUC of 1.000" in line for line in look(coded, "y").unsure)


@pytest.mark.parametrize(
    ("label", "figure"),
    [(np.array(["red", "green", "blue"])[Y + (Z > 0)], "a ROC AUC of 1.000"), (Z.round(3), "an R² of 0.99")],
    ids=["classes", "numbers"],
)
def test_so_is_one_that_knows_a_class_or_a_number(label: np.ndarray, figure: str) -> None:
    codes = {value: f"K{at}" for at, value in enumerate(sorted(set(label)))}
    disguise = (Z * 12.5 + 3).round(1) if label.dtype.kind == "f" else [codes[value] for value in label]
    table = NUMBERS.assign(half=Z + RANDOM.normal(size=ROWS), disguise=disguise, y=label)
    named = [line for line in look(table, "y").unsure if "may know the answer" in line]
    assert len(named) == 1
    assert f"'disguise' alone reaches {figure}" in named[0]


def test_of_twelve_rows_no_column_is_said_to_know_a_class() -> None:
    table = NUMBERS.head(12).assign(code=list("abc") * 4, y=["red", "green", "blue"] * 4)
    assert not [line for line in look(table, "y").unsure if "may know the answer" in line]


@pytest.mark.usefixtures("datasets")
def test_a_file_that_is_there_is_not_overwritten_and_the_change_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "numbers.csv"
    NUMBERS.to_csv(data, index=False)
    before = make_pipeline("numbers", data, None).read_text()
    make_pipeline("numbers", data, None)
    assert "nothing of its table" in capsys.readouterr().out
    NUMBERS.assign(kind="a").assign(kind=lambda one: one["kind"].where(Y == 1, "b")).to_csv(
        data, index=False, sep=";"
    )
    assert make_pipeline("numbers", data, "y").read_text() == before
    told = capsys.readouterr().out
    assert "table.columns.kind: not there -> category" in told
    assert "table.file.delimiter: not there -> ;" in told


@pytest.mark.long
def test_twelve_rows_and_three_hundred_columns_are_looked_at() -> None:
    few = NUMBERS.head(12).assign(y=[0, 1] * 6)
    assert look(few).rows == 12
    assert any("12 rows are few" in line for line in look(few).unsure)
    assert not any("rows are few" in line for line in look(NUMBERS).unsure)
    params = yaml.safe_load(pipeline_file("few", "few.csv", look(few)))["params"]["hyperparameters"]
    # The label itself: the least that a model of these rows has to tell apart.
    table = xgboost.DMatrix(few[["y"]], few["y"])
    rounds = params.pop("num_round")
    scores = xgboost.train(params, table, rounds).predict(table)
    assert scores[few["y"] == 1].min() > scores[few["y"] == 0].max()
    wide = pd.DataFrame(RANDOM.normal(size=(ROWS, 300)), columns=[f"x{at}" for at in range(300)]).assign(y=Y)
    assert [column.kind for column in look(wide).columns] == ["number"] * 300 + ["label"]


@pytest.mark.parametrize(
    ("table", "label", "said"),
    [
        (NUMBERS, "z", "column 'z' is absent"),
        (CHURN, "note", "column 'note', the label, is text of 400 different values"),
        (CHURN[["same"]], None, "no column has an answer to predict"),
        (NUMBERS.head(0), None, "the file has no rows"),
        (NUMBERS.assign(y=NUMBERS["y"].astype(str).where(Y == 1, "?")), "y", "the label, has 1 different"),
    ],
)
def test_what_gives_no_pipeline_is_told(table: pd.DataFrame, label: str | None, said: str) -> None:
    with pytest.raises(DataError, match=said):
        look(table, label)


@pytest.mark.parametrize("name", ["Churn", "1churn", "churn_source", "../churn", ""])
def test_a_name_that_no_pipeline_has_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a name has a-z"):
        make_pipeline(name, tmp_path / "churn.csv", None)


@pytest.mark.parametrize(
    ("values", "kind", "unsure"),
    [
        (RANDOM.choice(["red", "green", "blue"], ROWS), "multiclass", ""),
        (RANDOM.integers(0, 3, ROWS), "multiclass", "if it is an amount, kind: regression"),
        (RANDOM.normal(size=ROWS).round(3), "regression", ""),
        (RANDOM.choice([10, 20, 50], ROWS), "regression", "for one of 3 classes, write kind: multiclass"),
        (["rare"] * 2 + ["one", "other"] * (ROWS // 2 - 1), "multiclass", "'rare' has 2 rows"),
        (Y, "binary", ""),
    ],
    ids=["text", "whole numbers", "fractions", "few amounts", "a rare class", "0 and 1"],
)
def test_the_kind_of_the_label_follows_from_its_values(values: Any, kind: str, unsure: str) -> None:
    found = look(NUMBERS.assign(y=values))
    assert (found.label, found.answer.kind) == ("y", kind)
    assert unsure in " ".join(found.unsure)
    written = yaml.safe_load(pipeline_file("own", "own.csv", found))
    parsed = PipelineConfig.model_validate(written)
    assert parsed.table.kind == kind
    check_hyperparameters(parsed.params, parsed.table.kind)
    assert parsed.params.must_beat_baseline == (kind != "binary")
    if kind == "multiclass":
        assert parsed.params.hyperparameters["num_class"] == len(set(values))
        assert parsed.table.shows("y")


def test_without_a_likely_label_the_last_column_is_taken_and_said_so() -> None:
    found = look(NUMBERS[["b", "a"]])
    assert (found.label, found.answer.kind) == ("a", "regression")
    assert "it is the last column" in found.unsure[0]
