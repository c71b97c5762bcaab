"""The YAML file of a pipeline, with what was found in a table and why in its comments."""

from collections.abc import Iterator
from typing import Any

import yaml

from include.inspection.columns import LEAKS_ABOVE, Column
from include.inspection.table import Findings

_PARAMS = """\
  bucket: null
  role: null
  train_fraction: 0.7
  validation_fraction: 0.0
  seed: 1729
  image_version: 3.2-0
  hyperparameters:
    max_depth: 5
    eta: 0.2
    min_child_weight: 6
    subsample: 0.8
    objective: binary:logistic
    num_round: 100
  training_instance_type: ml.m5.large
  training_instance_count: 1
  endpoint_instance_type: ml.m5.large
  endpoint_instance_count: 1
  threshold: 0.5
  threshold_rule: fixed
  min_roc_auc: 0.5
  must_beat_baseline: false
  max_roc_auc_drop: null
  force_retrain: false
  keep_endpoint: false
  delete_data: false
"""


def pipeline_file(pipeline: str, data_url: str, found: Findings) -> str:
    """Write the YAML file of a pipeline."""
    return "\n".join(_lines(pipeline, data_url, found)) + "\n" + _PARAMS


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
    if found.positive is not None:
        yield f"  positive: {_flow(found.positive)}  # the value to find"
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
    suspects = [column for column in found.columns if (column.auc or 0) > LEAKS_ABOVE]
    for column in suspects:
        name = _flow(column.name)
        yield f"  # {name} alone reaches a ROC AUC of {column.auc:.3f}: if it is known only after the answer,"
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
