"""The Params of a run: what the Trigger form asks, with type, bounds and default of each."""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from include.pipeline.errors import ParamError


def _told_once(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    # pydantic would tell one fault for each type that the value might have been of.
    try:
        return validate(value)
    except ValidationError:
        rule = "a hyperparameter is a finite number, or text of one line and at most 2500 characters"
        raise PydanticCustomError("hyperparameter", rule) from None


# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html: HyperParameters
HyperparameterName = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^.*$")]
HyperparameterValue = Annotated[
    Annotated[str, Field(max_length=2500, pattern=r"^.*$")]
    | int
    | Annotated[float, Field(allow_inf_nan=False)],
    WrapValidator(_told_once),
]
_FROM_ONE_ON = re.compile(r"0*[1-9][0-9]*")

ThresholdRule = Literal["fixed", "best_f1", "best_profit"]
InstanceType = Annotated[str, Field(pattern=r"^ml\.[a-z0-9-]+\.[a-z0-9-]+$")]


class RunParams(BaseModel):
    """One run's Params. Their defaults stand in the pipeline's YAML, so every field is required here."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    data_url: str = Field(
        min_length=1,
        title="Data",
        description="The CSV to train on: an https:// or s3:// URL (a file path where the settings allow "
        "it). Forty hex digits before .csv are checked as the file's SHA-1.",
    )
    bucket: str | None = Field(
        title="S3 bucket",
        description="Made if it does not exist. Empty: airflow-sagemaker-(region)-(account).",
    )
    role: str | None = Field(
        title="SageMaker role",
        description="Name or ARN of the IAM role that SageMaker works under. Empty: the Airflow Variable "
        "sagemaker_role.",
    )
    train_fraction: float = Field(
        gt=0,
        lt=1,
        title="Training fraction",
        description="Share of the shuffled rows to train on; the rest is the test set.",
    )
    validation_fraction: float = Field(
        ge=0,
        lt=1,
        title="Validation fraction",
        description="Share of the training rows that is not trained on: a threshold may be chosen on it, and "
        "the hyperparameter early_stopping_rounds stops by it. 0 is the tutorial's split.",
    )
    seed: int = Field(
        ge=0, le=2**32 - 1, title="Seed", description="Shuffles the rows. 1729 gives the tutorial's split."
    )
    image_version: str = Field(
        title="XGBoost image version",
        description="Version of SageMaker's built-in XGBoost image, such as 3.2-0 or 1.7-1.",
    )
    hyperparameters: dict[HyperparameterName, HyperparameterValue] = Field(
        max_length=100,
        title="Hyperparameters",
        description="XGBoost's hyperparameters, as the image takes them. num_round is required.",
    )
    training_instance_type: InstanceType = Field(
        title="Training instance", description="Billed by the second while the job runs."
    )
    training_instance_count: int = Field(
        ge=1,
        le=20,
        title="Training instances",
        description="With more than one, the training rows are spread over as many files.",
    )
    endpoint_instance_type: InstanceType = Field(
        title="Endpoint instance", description="Billed by the second until the endpoint is deleted."
    )
    endpoint_instance_count: int = Field(
        ge=1, le=10, title="Endpoint instances", description="Each is billed; one serves the evaluation."
    )
    threshold: float = Field(
        gt=0, lt=1, title="Threshold", description="A score of at least this counts as a yes."
    )
    threshold_rule: ThresholdRule = Field(
        title="Threshold rule",
        description="fixed: the threshold above. best_f1 and best_profit: the one of the highest F1, or "
        "profit, on the validation rows.",
    )
    call_cost: float = Field(
        ge=0, allow_inf_nan=False, title="Cost of a call", description="Of one customer who is said yes."
    )
    deposit_value: float = Field(
        ge=0,
        allow_inf_nan=False,
        title="Value of a deposit",
        description="Of one customer who was called and is a yes, in the same money as the cost of a call.",
    )
    min_roc_auc: float = Field(
        ge=0, le=1, title="Minimum ROC AUC", description="The run fails when the model scores below."
    )
    must_beat_baseline: bool = Field(
        title="Must beat the baseline",
        description="The run fails unless the model's accuracy is above that of always giving the more "
        "frequent answer.",
    )
    max_roc_auc_drop: float | None = Field(
        ge=0,
        le=1,
        title="Largest drop of ROC AUC",
        description="The run fails when the last accepted model, asked for the same test rows, has a ROC AUC "
        "that is higher by more than this. Empty: not asked.",
    )
    force_retrain: bool = Field(
        title="Train anew",
        description="Trains also where an accepted model was made of the same data in the same way.",
    )
    keep_endpoint: bool = Field(
        title="Keep the endpoint",
        description="Leaves endpoint, endpoint configuration and model in place. The endpoint is billed "
        "until someone deletes it.",
    )
    delete_data: bool = Field(
        title="Delete the data",
        description="At the end, deletes everything that this run stored on S3, results and model too, and "
        "the bucket once it is empty.",
    )

    @field_validator("hyperparameters")
    @classmethod
    def _rounds_are_given(cls, value: dict[str, str | int | float]) -> dict[str, str | int | float]:
        # What every version of the image requires: without it, a job is billed for finding out.
        if not _FROM_ONE_ON.fullmatch(str(value.get("num_round", ""))):
            raise PydanticCustomError("num_round", "num_round is required, a whole number from 1 on")
        return value

    @model_validator(mode="after")
    def _validation_rows_are_there(self) -> Self:
        needing = {
            f"threshold_rule = {self.threshold_rule}": self.threshold_rule != "fixed",
            "the hyperparameter early_stopping_rounds": "early_stopping_rounds" in self.hyperparameters,
        }
        if self.validation_fraction == 0 and any(needing.values()):
            names = " and ".join(name for name, needs in needing.items() if needs)
            raise PydanticCustomError(
                "validation_rows",
                "{names}: needs validation rows, a validation_fraction above 0",
                {"names": names},
            )
        return self


def parse_params(values: Mapping[str, Any]) -> RunParams:
    """Check a run's Params by name, type and bounds.

    Raises:
        ParamError: One message for all Params at fault.
    """
    try:
        return RunParams.model_validate(dict(values))
    except ValidationError as error:
        raise ParamError(
            faults(error, RunParams),
            "Params have the names, types and bounds of the Trigger form",
            "Correct them and trigger the run again",
        ) from None


def faults(error: ValidationError, model: type[BaseModel]) -> str:
    """Name each value at fault in a pydantic error and what is wrong with it, on one line."""
    found = []
    for fault in error.errors(include_url=False):
        name = ".".join(str(part) for part in fault["loc"]) if fault["loc"] else model.__name__
        if fault["type"] == "extra_forbidden":
            close = difflib.get_close_matches(name, model.model_fields, n=1)
            hint = f", did you mean {close[0]!r}?" if close else ""
            found.append(f"{name!r} is unknown{hint}")
        elif fault["type"] == "missing":
            found.append(f"{name!r} is missing")
        else:
            found.append(f"{name} = {fault['input']!r} ({fault['msg']})")
    return "; ".join(found)
