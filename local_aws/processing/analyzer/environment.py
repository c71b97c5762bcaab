"""What the analyzer is told by the environment of its job.

Sources: developer guide, "Container Contract Inputs"; the SageMaker Python SDK, which writes these variables
for baselining jobs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from local_aws.errors import AnalysisError
from local_aws.opt_ml import OptMl

FORMATS = ("csv", "json", "parquet", "sagemakerCaptureJson")
PROBLEM_TYPES = ("BinaryClassification", "MulticlassClassification", "Regression")
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
    model: "ModelOrders | None"
    """Where a model is judged, what of it. None where data is."""

    @classmethod
    def of(cls, environment: Mapping[str, str], opt_ml: OptMl) -> Self:
        """Read the environment of a container, whose paths are below its /opt/ml.

        Raises:
            AnalysisError: A variable is absent or wrong, or asks for what this analyzer does not do.
        """
        for name in _NOT_HERE:
            if environment.get(name):
                raise AnalysisError(
                    f"The variable {name} is {environment[name]}; local AWS's analyzer has no {name}. "
                    "Leave it out."
                )
        method = environment.get("categorical_drift_method", "LInfinity")
        if method != "LInfinity":
            raise AnalysisError(
                f"The variable categorical_drift_method is {method}; local AWS's analyzer has LInfinity."
            )
        format_name, options = _format(_required(environment, "dataset_format"))
        publishes = _is_enabled(environment)
        dimensions = {
            "Endpoint": environment.get("sagemaker_endpoint_name", ""),
            "MonitoringSchedule": environment.get("sagemaker_monitoring_schedule_name", ""),
        }
        if publishes and not all(dimensions.values()):
            raise AnalysisError(
                "The variable publish_cloudwatch_metrics is Enabled without an endpoint and a schedule, "
                "whose names the metrics have. Give it to a monitoring schedule; here it has to be Disabled."
            )
        return cls(
            source=_existing(opt_ml, "dataset_source", _required(environment, "dataset_source")),
            format=format_name,
            options=options,
            output=_path(opt_ml, "output_path", _required(environment, "output_path")),
            constraints=_optional(environment, opt_ml, "baseline_constraints"),
            statistics=_optional(environment, opt_ml, "baseline_statistics"),
            start=_moment(environment, "start_time"),
            end=_moment(environment, "end_time"),
            publishes=publishes,
            dimensions=dimensions,
            model=_model(environment, opt_ml),
        )


@dataclass(frozen=True, kw_only=True)
class ModelOrders:
    """What a model predicts, and where in the data."""

    problem: str
    """One of PROBLEM_TYPES."""
    inference: str | None
    """Where the predicted label or number is. None where only a probability is."""
    probability: str | None
    """Where the probability of the positive class is. None where none is."""
    threshold: float
    """The least probability of a predicted positive."""
    truth: str | None
    """Where the truth is, in a table that has it."""
    truth_source: Path | None
    """The folder of the truth of captured predictions."""


def _model(environment: Mapping[str, str], opt_ml: OptMl) -> ModelOrders | None:
    kind = environment.get("analysis_type", "DATA_QUALITY")
    if kind == "DATA_QUALITY":
        return None
    if kind != "MODEL_QUALITY":
        raise AnalysisError(
            f"The variable analysis_type is {kind}; it has to be DATA_QUALITY or MODEL_QUALITY."
        )
    problem = _required(environment, "problem_type")
    if problem not in PROBLEM_TYPES:
        raise AnalysisError(
            f"The variable problem_type is {problem}; it has to be of {', '.join(PROBLEM_TYPES)}."
        )
    text = environment.get("probability_threshold_attribute") or "0.5"
    try:
        threshold = float(text)
    except ValueError as error:
        raise AnalysisError(
            f"The variable probability_threshold_attribute is {text}; it has to be a number."
        ) from error
    if environment.get("positive_label", "1") != "1":
        raise AnalysisError(
            f"The variable positive_label is {environment['positive_label']}; local AWS's analyzer has 1."
        )
    return ModelOrders(
        problem=problem,
        inference=environment.get("inference_attribute") or None,
        probability=environment.get("probability_attribute") or None,
        threshold=threshold,
        truth=environment.get("ground_truth_attribute") or None,
        truth_source=_optional(environment, opt_ml, "ground_truth_source"),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise AnalysisError(f"The variable {name} is not in the job's Environment; the analyzer needs it.")
    return environment[name]


def _path(opt_ml: OptMl, name: str, value: str) -> Path:
    try:
        return opt_ml.at(value)
    except ValueError as error:
        raise AnalysisError(f"The variable {name} is {value}; it has to be a path below /opt/ml.") from error


def _existing(opt_ml: OptMl, name: str, value: str) -> Path:
    path = _path(opt_ml, name, value)
    if not path.exists():
        raise AnalysisError(
            f"The variable {name} is {value}, which does not exist. It has to be of an input, below its "
            "LocalPath."
        )
    return path


def _optional(environment: Mapping[str, str], opt_ml: OptMl, name: str) -> Path | None:
    value = environment.get(name)
    return _existing(opt_ml, name, value) if value else None


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


def _moment(environment: Mapping[str, str], name: str) -> datetime | None:
    text = environment.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise AnalysisError(f"The variable {name} is {text}; it has to be ISO 8601.") from error
    if moment.tzinfo is None:
        raise AnalysisError(f"The variable {name} is {text}, without a time zone. Write it as {text}Z.")
    return moment


def _is_enabled(environment: Mapping[str, str]) -> bool:
    text = environment.get("publish_cloudwatch_metrics", "Disabled")
    if text not in ("Enabled", "Disabled"):
        raise AnalysisError(
            f"The variable publish_cloudwatch_metrics is {text}; it has to be Enabled or Disabled."
        )
    return text == "Enabled"
