"""The DAG's Params, with a form field for each, from the pipeline's own model of them and its limits."""

from typing import TYPE_CHECKING, Any

from airflow.sdk import Param

from include.pipeline.documents.limits import Limits
from include.pipeline.documents.table.kind import OF_BINARY
from include.pipeline.values.params import LabelKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.scoring.params import ScoreParams

# What the form shows for an empty choice.
_EMPTY = {
    "source_connection": "none",
    "bucket": "the default bucket",
    "bucket_owner": "the run's account",
    "role": "sagemaker_role",
}


def trigger_form(
    defaults: "RunParams | ScoreParams", limits: Limits, kind: LabelKind = "binary"
) -> dict[str, Param]:
    """Turn a pipeline's default Params into Airflow Params with title, name, description, type and bounds.

    A choice that the limits leave is a list; the plan of a run holds its Params to the limits again. A
    default is in its list even where the limits of a deployment do not allow it: Airflow does not load a DAG
    whose own defaults are not valid, and so would not tear its runs down. What a label of this kind does not
    have, such as a threshold, has no field.
    """
    fields = type(defaults).model_json_schema()["properties"]
    values = defaults.model_dump()
    bounds = _bounds(values, limits)
    return {
        name: Param(value, **_schema(name, fields[name]) | bounds.get(name, {}))
        for name, value in values.items()
        if kind == "binary" or name not in OF_BINARY
    }


def _bounds(values: dict[str, Any], limits: Limits) -> dict[str, dict[str, Any]]:
    lists: dict[str, Iterable[Any]] = {
        "source_connection": (None, *limits.source_connections),
        "bucket": (None, *limits.buckets, *limits.partner_buckets),
        "bucket_owner": (None, *limits.partner_buckets.values()),
        "role": (None, *limits.roles),
        "image_version": limits.image_versions,
    }
    if limits.instance_types is not None:
        names = "training_instance_type", "endpoint_instance_type", "instance_type"
        lists |= dict.fromkeys(names, limits.instance_types)
    bounds: dict[str, dict[str, Any]] = {
        name: {"enum": list(dict.fromkeys((*choices, values[name])))}
        for name, choices in lists.items()
        if name in values
    }
    for name, shown in _EMPTY.items():
        bounds[name]["values_display"] = {"null": shown}
    highest = {
        "training_instance_count": limits.max_training_instances,
        "endpoint_instance_count": limits.max_endpoint_instances,
        "instance_count": limits.max_endpoint_instances,
        "max_cost": limits.max_cost,
    }
    bounds |= {
        name: {"maximum": max(most, values[name] or 0)}
        for name, most in highest.items()
        if name in values and most is not None
    }
    for name, may_be in (("keep_endpoint", limits.keep_endpoint), ("delete_data", limits.delete_data)):
        if not may_be and not values.get(name, True):
            bounds[name] = {"const": False}
    return bounds


def _schema(name: str, field: dict[str, Any]) -> dict[str, Any]:
    """Write pydantic's `anyOf` of an optional field as the list of types that Airflow's form knows.

    Bounds of a number do not hold for null: they stand beside the list. The title has the Param's name too,
    by which documents, messages and the command line know it.
    """
    # Of a Param that was added later, the model has a default too: the form has the pipeline's.
    schema = {key: value for key, value in field.items() if key not in {"anyOf", "default"}}
    schema["title"] = f"{field['title']} ({name})"
    if "anyOf" in field:
        for choice in field["anyOf"]:
            schema |= choice
        schema["type"] = [choice["type"] for choice in field["anyOf"]]
    return schema
