"""The YAML file of a pipeline, with what was found in a table and why in its comments."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from include.inspection.columns import Column
from include.inspection.table import FEW_ROWS, Findings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from include.pipeline.values.params import LabelKind

_PARAMS = """\
  bucket: null
  role: null
  train_fraction: 0.7
  validation_fraction: 0.0
  seed: 1729
  image_version: 3.2-0
{hyperparameters}
  training_instance_type: ml.m5.large
  training_instance_count: 1
  endpoint_instance_type: ml.m5.large
  endpoint_instance_count: 1
{gate}
  force_retrain: false
  keep_endpoint: false
  delete_data: false
"""
_HYPERPARAMETERS = """\
  hyperparameters:
    max_depth: {depth}
    eta: {eta}
    min_child_weight: {weight}
    subsample: 0.8
    objective: {objective}"""
# Of fewer rows, small trees and small steps: more of either would learn them by heart.
_SMALL_TABLE = 2000
_GATES: "Mapping[LabelKind, str]" = {
    "binary": """\
  threshold: 0.5
  threshold_rule: fixed
  min_roc_auc: 0.5
  must_beat_baseline: false
  max_roc_auc_drop: null""",
    "multiclass": """\
  gate: {{}}  # bounds of figures, such as macro_f1: {{at_least: 0.7}}
  must_beat_baseline: true  # its log loss has to be below that of the shares of the classes""",
    "regression": """\
  gate: {{}}  # bounds of figures, such as r2: {{at_least: 0.3}} or rmse: {{at_most: 50}}
  must_beat_baseline: true  # its RMSE has to be below that of the mean""",
}


def pipeline_file(pipeline: str, data_url: str, found: Findings) -> str:
    """Write the YAML file of a pipeline."""
    kind = found.answer.kind
    params = _PARAMS.format(hyperparameters=_hyperparameters(found), gate=_GATES[kind].format())
    return "\n".join(_lines(pipeline, data_url, found)) + "\n" + params


def _hyperparameters(found: Findings) -> str:
    # A leaf has at least as many rows, or four times as many where the label has two values.
    weight = 1 if found.rows < FEW_ROWS else 6
    match found.answer.kind:
        case "binary":
            told = {"depth": 5, "eta": 0.1, "weight": weight, "objective": "binary:logistic"}
            more = ["num_round: 100"]
        case "multiclass":
            told = {"depth": 5, "eta": 0.2, "weight": 1, "objective": "multi:softprob"}
            more = [f"num_class: {found.answer.values}  # of the label", "num_round: 100"]
        case "regression":
            is_small = found.rows < _SMALL_TABLE
            told = {"depth": 4 if is_small else 6, "eta": 0.05 if is_small else 0.1, "weight": weight}
            told["objective"] = "reg:squarederror"
            more = [f"num_round: {100 if is_small else 200}"]
    return "\n".join([_HYPERPARAMETERS.format(**told), *(f"    {line}" for line in more)])


def _lines(pipeline: str, data_url: str, found: Findings) -> Iterator[str]:
    yield f"# Made by a first look at {found.rows} rows. What it was unsure of:"
    yield from (f"# - {one}" for one in found.unsure or ("nothing",))
    yield f"title: {_flow(pipeline.replace('_', ' ').capitalize())}"
    yield "owner: data-science"
    yield "tags: [sagemaker, xgboost]"
    yield 'schedule: null  # by hand; a cron expression such as "0 6 * * 1"'
    yield "watch: null  # when data_url is looked at for a change"
    yield "max_active_runs: 1"
    yield ""
    yield "table:"
    yield f"  label: {_flow(found.label)}  # {found.label_why}"
    answer = found.answer
    if answer.kind == "binary":
        yield "  kind: binary  # the label has two values"
    else:
        yield f"  kind: {answer.kind}  # the label is {answer.told}"
    if answer.positive is not None:
        yield f"  positive: {_flow(answer.positive)}  # the value to find"
    if answer.kind == "multiclass":
        yield f"  show_values: [{_flow(found.label)}]  # names of classes, and counts of under ten rows"
    dropped = [column for column in found.columns if column.kind == "dropped"]
    if dropped:
        yield "  drop:"
        yield from (f"    - {_flow(column.name)}  # {column.why}" for column in dropped)
    if found.form:
        yield f"  file: {_flow(found.form)}"
    if found.missing:
        yield f"  missing: {_flow(found.missing)}  # found where a value is expected"
    numbers = [column.name for column in found.columns if column.kind == "number"]
    if numbers:
        yield f"  # Numbers, as every value of theirs is one: {', '.join(map(_flow, numbers))}"
    for column in found.columns:
        if not column.alone or not column.alone.may_know_the_answer:
            continue
        name = _flow(column.name)
        yield f"  # {name} alone reaches {column.alone}: if it is known only after the answer,"
        yield f"  # write leaks: [{name}]"
    named = {"category", "date", "identifier", "text"}
    kinds = [column for column in found.columns if column.kind in named]
    if kinds:
        yield "  columns:  # the others are numbers"
        yield from (f"    {_flow(column.name)}: {_flow(_said(column))}  # {column.why}" for column in kinds)
    yield ""
    yield "max_source_bytes: 1_000_000_000"
    yield "expires_after_hours: 24"
    yield "drift: null"
    yield ""
    yield "params:"
    yield f"  data_url: {_flow(data_url)}"


def _said(column: Column) -> Any:
    if column.kind == "date":
        order = {"order": column.orders[0]} if column.orders[0] else {}
        return {"kind": "date", **order, "parts": ["year", "month", "weekday"]}
    return {"kind": "category", "encode": "ordinal"} if column.many else column.kind


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    return text.removesuffix("...\n").strip()
