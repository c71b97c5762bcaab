"""What the analyzer is told by the environment of its job.

Sources: developer guide, "Container Contract Inputs"; the SageMaker Python SDK, which writes these
variables for baselining jobs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.model.orders import ModelOrders
from local_aws.processing.analyzer.variables import Variables

FORMATS = ("csv", "json", "parquet", "sagemakerCaptureJson")
# What AWS's analyzer does by these, this one does not.
_NOT_HERE = (
    "record_preprocessor_script",
    "post_analytics_processor_script",
    "exclude_features_attribute",
    "image_data",
    "report_enabled",
)
_CAPTURED = ("endpointInput", "endpointOutput")


@dataclass(frozen=True, kw_only=True)
class Orders:
    """One analysis: what is read, what it is held against, and where the results go."""

    source: Path
    """The folder of the data."""
    format: str
    """One of FORMATS."""
    options: Mapping[str, Any]
    """Of the format, such as whether a CSV file has a header."""
    output: Path
    """The folder of the results."""
    constraints: Path | None
    """The constraints that are evaluated. None where a baseline is made."""
    statistics: Path | None
    """The baseline's statistics, from which drift is measured. None where none is."""
    start: datetime | None
    """The first moment of the data that counts. None where all counts."""
    end: datetime | None
    """The first moment after it."""
    publishes: bool
    """Whether metrics are written for CloudWatch."""
    dimensions: Mapping[str, str]
    """The dimensions of these metrics."""
    model: ModelOrders | None
    """Where a model is judged, what of it. None where data is."""

    @classmethod
    def of(cls, variables: Variables) -> Self:
        """Read the environment of a container.

        Raises:
            AnalysisError: A variable is absent or wrong, or asks for what this analyzer does not do.
        """
        for name in _NOT_HERE:
            if value := variables.get(name):
                raise AnalysisError(
                    f"The variable {name} is {value}; local AWS's analyzer has no {name}. Leave it out."
                )
        variables.choice("categorical_drift_method", "LInfinity")
        format_name, options = _format(variables.required("dataset_format"))
        publishes = variables.choice("publish_cloudwatch_metrics", "Disabled", "Enabled") == "Enabled"
        dimensions = {
            "Endpoint": variables.get("sagemaker_endpoint_name") or "",
            "MonitoringSchedule": variables.get("sagemaker_monitoring_schedule_name") or "",
        }
        if publishes and not all(dimensions.values()):
            raise AnalysisError(
                "The variable publish_cloudwatch_metrics is Enabled without an endpoint and a schedule, "
                "whose names the metrics have. Give it to a monitoring schedule; here it has to be Disabled."
            )
        return cls(
            source=variables.existing("dataset_source"),
            format=format_name,
            options=options,
            output=variables.path("output_path"),
            constraints=variables.existing_or_none("baseline_constraints"),
            statistics=variables.existing_or_none("baseline_statistics"),
            start=variables.moment("start_time"),
            end=variables.moment("end_time"),
            publishes=publishes,
            dimensions=dimensions,
            model=ModelOrders.of(variables),
        )


def _format(text: str) -> tuple[str, Mapping[str, Any]]:
    wrong = AnalysisError(
        f'The variable dataset_format is {text}. It has to be JSON such as {{"csv": {{"header": true}}}}, '
        f"of one of {', '.join(FORMATS)}."
    )
    try:
        given = json.loads(text)
    except ValueError as error:
        raise wrong from error
    if not isinstance(given, dict) or len(given) != 1:
        raise wrong
    ((name, options),) = given.items()
    if name not in FORMATS or not isinstance(options, dict):
        raise wrong
    if options.get("output_columns_position", "START") != "START":
        raise AnalysisError(
            "dataset_format has output_columns_position END; local AWS's analyzer has START: the columns "
            "of the answers come first."
        )
    if options.get("lines", options.get("line", True)) is not True:
        raise AnalysisError("dataset_format has json without lines; the analyzer reads an object a line.")
    names = options.get("captureIndexNames", list(_CAPTURED))
    if not names or not set(names) <= set(_CAPTURED):
        raise AnalysisError(
            f"dataset_format has captureIndexNames {names}; there are {', '.join(_CAPTURED)}."
        )
    return name, options
