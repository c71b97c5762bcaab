"""The DAG's Params, with a form field for each, from the pipeline's own model of them."""

from typing import Any

from airflow.sdk import Param

from include.pipeline.documents.params import RunParams


def trigger_form(defaults: RunParams) -> dict[str, Param]:
    """Turn a pipeline's default Params into Airflow Params with title, description, type and bounds."""
    fields = RunParams.model_json_schema()["properties"]
    return {name: Param(value, **_schema(fields[name])) for name, value in defaults.model_dump().items()}


def _schema(field: dict[str, Any]) -> dict[str, Any]:
    """Write pydantic's `anyOf` of an optional field as the list of types that Airflow's form knows."""
    if "anyOf" not in field:
        return field
    optional = {name: value for name, value in field.items() if name != "anyOf"}
    return optional | {"type": [choice["type"] for choice in field["anyOf"]]}
