"""`table.columns` of a YAML: what it may say, and what each mistake is told as."""

import json
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.table.columns import CategoryColumn, DateColumn
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import PlanError
from include.pipeline.planning.held_plan import hold_plan
from include.pipeline.values.faults import faults
from tests.pipeline.planned import CONFIG, plan_of
from tests.pipeline.report.example import contents_of

CHURN = """
label: churned
positive: "Yes"
missing: ["-", -999]
leaks: [refund]
columns:
  plan: category
  region: {kind: category, most: 5}
  city: {kind: category, encode: ordinal}
  born: {kind: date, parts: []}
  signup: {kind: date, parts: [year, month], since: born}
  customer: identifier
  notes: text
  age: number
"""


def table(text: str) -> TableConfig:
    return TableConfig.model_validate(yaml.safe_load(text))


def told(text: str) -> str:
    with pytest.raises(ValidationError) as refused:
        table(text)
    return faults(refused.value, PipelineConfig)


def test_a_kind_is_written_as_a_word_or_with_its_options() -> None:
    found = table(CHURN)
    assert found.columns["plan"] == CategoryColumn(kind="category", most=20, encode="onehot")
    assert found.columns["region"] == CategoryColumn(kind="category", most=5)
    assert found.columns["signup"] == DateColumn(kind="date", parts=("year", "month"), since="born")
    assert set(found.encoded) == {"plan", "region", "city", "born", "signup"}
    assert found.identifiers == ("customer",)
    assert found.left_out == ("refund", "customer", "notes")
    assert found.numbers == {"age"}
    assert found.missing == ("-", "-999")


def test_what_is_written_is_read_back() -> None:
    assert TableConfig.model_validate(table(CHURN).model_dump(mode="json")) == table(CHURN)


def test_a_table_of_numbers_is_written_as_before() -> None:
    assert set(TableConfig(label="y").model_dump()) == {
        "label", "drop", "show_values", "split", "key", "groups",
    }  # fmt: skip


def test_a_whole_number_may_be_the_positive_label() -> None:
    assert table("{label: y, positive: 2}").positive == "2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{label: y, positive: yes}", "positive = True (YAML reads it as true or false: write it in quotes)"),
        ("{label: y, positive: ''}", "positive = '' ("),
        ("{label: y, positive: [a, b]}", "positive = a list of 2"),
        ("{label: y, missing: NA}", "missing = text of 2 characters"),
        ("{label: y, missing: [null]}", "missing.0 = None"),
        ("{label: y, missing: [no]}", "missing.0 = False (YAML reads it as true or false"),
        ("{label: y, columns: [a]}", "columns = a list of 1"),
        ("{label: y, columns: {a: categroy}}", "is one of number, category, date, identifier, text"),
        ("{label: y, columns: {a: {most: 3}}}", "or a mapping that has one as its kind"),
        ("{label: y, columns: {a: 3}}", "columns.a = 3"),
        ("{label: y, columns: {a: null}}", "columns.a = None"),
        ("{label: y, columns: {a: {kind: category, most: 0}}}", "columns.a.category.most = 0"),
        ("{label: y, columns: {a: {kind: category, most: 1001}}}", "columns.a.category.most = 1001"),
        ("{label: y, columns: {a: {kind: category, encode: hash}}}", "'onehot' or 'ordinal'"),
        ("{label: y, columns: {a: {kind: category, parts: [year]}}}", "a.category.parts' is unknown"),
        ("{label: y, columns: {a: {kind: text, most: 3}}}", "'columns.a.text.most' is unknown"),
        ("{label: y, columns: {a: {kind: date, parts: [week]}}}", "columns.a.date.parts.0"),
        ("{label: y, columns: {a: {kind: date, parts: [year, year]}}}", "columns: a has a part twice"),
        ("{label: y, columns: {a: {kind: date, since: a}}}", "columns: a is since itself"),
        ("{label: y, columns: {a: {kind: date, since: b}}}", "that is not named as a date"),
        ("{label: y, columns: {a: {kind: date, since: b}, b: category}}", "that is not named as a date"),
        ("{label: y, columns: {a: {kind: date, parts: []}}}", "a has no parts, no since"),
        ("{label: y, columns: {y: category}}", "columns: y is the label"),
        ("{label: y, columns: {a: category}, drop: [a]}", "columns: a is dropped as well"),
        ("{label: y, columns: {a: category}, leaks: [a]}", "leaks: a is in drop or columns as well"),
        ("{label: y, leaks: [a], drop: [a]}", "leaks: a is in drop or columns as well"),
        ("{label: y, leaks: [y]}", "leaks: y is the label"),
        ("{label: y, columns: {score: identifier}}", "score is a column of predictions.csv"),
        ("{label: y, split: time, time: y}", "time: y is the label"),
        ("{label: y, split: time, time: a, columns: {a: category}}", "else than a date or a number"),
        ("{label: y, split: time, time: a, columns: {a: identifier}}", "else than a date or a number"),
        ("{label: y, split: time, time: a, columns: {a: text}}", "else than a date or a number"),
        ("{label: y, split: time, time: ''}", "time = '' ("),
        ("{label: y, split: time, time: [a]}", "time = a list of 1"),
        ("{label: y, split: time, time: a, key: b}", "key: needs split: hash or group"),
        ("{label: y, split: group, key: a, time: b}", "time: needs split: time"),
        ("{label: y, split: group, key: y}", "key: y is the label"),
        ("{label: y, split: hash, key: y}", "key: y is the label"),
        ("{label: y, split: stratified, key: a}", "key: needs split: hash or group"),
        ("{label: y, split: {time: a}}", "split = {"),
        ("{label: y, split: null}", "split = None"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_its_place(text: str, said: str) -> None:
    assert said in told(text)


def test_the_tutorials_shuffle_may_be_called_random() -> None:
    assert table("{label: y, split: random}") == table("{label: y, split: shuffle}") == table("{label: y}")


def test_a_kind_that_is_none_is_not_repeated() -> None:
    # Whatever stands in the place of a kind may be a password.
    secret: dict[str, Any] = {"label": "y", "columns": {"a": "hunter2"}}
    with pytest.raises(ValidationError) as refused:
        TableConfig.model_validate(secret)
    assert "hunter2" not in faults(refused.value, PipelineConfig)


def test_a_plan_with_columns_is_held_to_itself_and_to_no_other() -> None:
    planned = plan_of({}, config=CONFIG.model_copy(update={"table": table(CHURN)}))
    found = json.loads(planned.model_dump_json())
    assert hold_plan(found, planned, planned.identity.planned_at).table == table(CHURN)
    found["table"]["columns"]["region"]["most"] = 6
    with pytest.raises(PlanError, match=r"table\.columns\.region\.most"):
        hold_plan(found, planned, planned.identity.planned_at)


def test_the_split_of_a_table_of_numbers_is_written_as_before() -> None:
    split = contents_of().split
    assert split.encoding is None
    assert not {"encoding", "identifiers_sha256", "sides"} & set(split.model_dump())
