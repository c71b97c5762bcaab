"""The Params of a run: what the Trigger form asks for, with the type and bounds of each."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.values import form_sections as sections
from include.pipeline.values.form import checked
from include.pipeline.values.params import (
    Account,
    FigureBounds,
    FigureName,
    HyperparameterName,
    HyperparameterValue,
    InstanceType,
    PlainText,
    ThresholdRule,
    WholeNumber,
)

_FROM_ONE_ON = re.compile(r"0*[1-9][0-9]*")


class RunParams(BaseModel):
    """The Params of one run. The pipeline's YAML has their defaults, so the fields are required here.

    A Param that is added later has a default here too: what runs did before. Plans that were written before
    do not have the Param, and a run that leaves it at this value has the fingerprint that it had before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    data_url: str = Field(
        min_length=1,
        title="Data",
        description="The file to train on: an https:// or s3:// URL (a file path where the settings allow "
        "it), without user and password. Forty hex digits before .csv are checked as the file's SHA-1. "
        "{interval_start:%Y-%m-%d} in it stands for the run's date. In the dialog of a backfill, Airflow "
        "3.3.2 drops all Params unless *Override parameters on existing runs* is ticked; a dated URL in the "
        "pipeline's YAML file needs no Param.",
        json_schema_extra=sections.DATA,
    )
    source_connection: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,250}$")] | None = Field(
        default=None,  # as runs of earlier versions have no such Param
        title="Connection of the data",
        description="Airflow connection of type http with the login, token or headers for the server of "
        "the data, among those that the pipeline's limits list. Empty: none is needed.",
        json_schema_extra=sections.DATA,
    )
    train_fraction: float = Field(
        gt=0,
        lt=1,
        title="Training fraction",
        description="Share of the shuffled rows to train on. The rest are the test rows.",
        json_schema_extra=sections.SPLIT,
    )
    validation_fraction: float = Field(
        ge=0,
        lt=1,
        title="Validation fraction",
        description="Share of the training rows that is kept from training. best_f1 and best_profit choose "
        "the threshold on these rows; early_stopping_rounds uses them too. 0 is the tutorial's split.",
        json_schema_extra=sections.SPLIT,
    )
    seed: WholeNumber = Field(
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Seed of the shuffle. 1729 gives the tutorial's split.",
        json_schema_extra=sections.SPLIT,
    )
    hyperparameters: dict[HyperparameterName, HyperparameterValue] = Field(
        max_length=100,
        title="Hyperparameters",
        description="Those of the pipeline's algorithm, by the names that its image knows. XGBoost requires "
        "num_round, and an objective that answers a probability: binary:logistic or reg:logistic; of several "
        "classes multi:softprob with num_class, of a number reg:squarederror. Its scale_pos_weight may be "
        "balanced: the negatives by the positives of the training rows.",
        json_schema_extra=sections.TRAINING,
    )
    force_retrain: bool = Field(
        title="Train again",
        description="Train a new model even where an accepted one was made from the same data in the "
        "same way.",
        json_schema_extra=sections.TRAINING,
    )
    threshold_rule: ThresholdRule = Field(
        default="fixed",  # as a label of another kind has no threshold
        title="Threshold rule",
        description="fixed: the threshold of the next field. best_f1, best_profit: the one with the "
        "highest F1 or profit on the validation rows.",
        json_schema_extra=sections.THRESHOLD,
    )
    threshold: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        title="Threshold",
        description="A row whose score is at least this is predicted positive: label 1.",
        json_schema_extra=sections.THRESHOLD,
    )
    call_cost: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        title="Cost per predicted positive",
        description="What it costs to act on one row. Every predicted positive is acted on. Empty: the "
        "values of costs in the pipeline's YAML file count, if there are any.",
        json_schema_extra=sections.THRESHOLD,
    )
    deposit_value: float | None = Field(
        default=None,
        ge=0,
        allow_inf_nan=False,
        title="Value of a true positive",
        description="What a positive row brings that is acted on, in the same currency, before that cost.",
        json_schema_extra=sections.THRESHOLD,
    )
    min_roc_auc: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="Minimum ROC AUC",
        description="The run fails when the model's ROC AUC is below this. It is of a label of 0 and 1.",
        json_schema_extra=sections.GATE,
    )
    gate: dict[FigureName, FigureBounds] = Field(
        default={},
        max_length=20,
        title="Bounds of figures",
        description='The run fails when a figure is out of its bounds: {"recall": {"at_least": 0.3}}, or, of '
        'a number, {"rmse": {"at_most": 50}}. The names are those of metrics.json.',
        json_schema_extra=sections.GATE,
    )
    must_beat_baseline: bool = Field(
        title="Must beat the baseline",
        description="The run fails when the model is no better than none: its log loss and Brier score, or, "
        "of a number, its RMSE, have to be below those of the best constant answer and, where there are "
        "costs, its profit above those of acting on every row and on none.",
        json_schema_extra=sections.GATE,
    )
    max_roc_auc_drop: float | None = Field(
        default=None,
        ge=0,
        le=1,
        title="Largest drop of ROC AUC",
        description="The run fails when the ROC AUC of the last accepted model, or of the best of the last "
        "ten, is surely higher by more than this, on the test rows that neither was trained on. Empty: the "
        "models are not compared.",
        json_schema_extra=sections.GATE,
    )
    undecided_passes: bool = Field(
        default=True,
        title="Undecided passes",
        description="A drop of which these rows cannot tell whether it is larger than allowed: the model "
        "passes. Otherwise the run fails.",
        json_schema_extra=sections.GATE,
    )
    keep_endpoint: bool = Field(
        title="Keep the endpoint",
        description="Leave endpoint, endpoint configuration and model in place. The endpoint is billed "
        "until someone deletes it.",
        json_schema_extra=sections.AFTERWARDS,
    )
    keep_rejected: bool = Field(
        # As runs of earlier versions have no such Param.
        default=False,
        title="Even if rejected",
        description="Keep the endpoint also where the model has not passed the gate. Otherwise it "
        "is deleted, whatever keep_endpoint says.",
        json_schema_extra=sections.AFTERWARDS,
    )
    delete_data: bool = Field(
        title="Delete the data",
        description="At the end, delete everything that this run stored on S3, results and model too, and "
        "the bucket where this run made it and nothing else is in it.",
        json_schema_extra=sections.AFTERWARDS,
    )
    bucket: PlainText | None = Field(
        title="S3 bucket",
        description="Made if it does not exist. Empty: airflow-sagemaker-(region)-(account).",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    bucket_owner: Account | None = Field(
        default=None,  # as runs of earlier versions have no such Param
        title="Account of the bucket",
        description="Twelve digits: the AWS account that the bucket has to belong to. Empty: the account of "
        "the run. The bucket of another account is used only where this names it, and never made or deleted.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    role: PlainText | None = Field(
        title="SageMaker role",
        description="Name or ARN of the IAM role that SageMaker works under. Empty: the Airflow Variable "
        "sagemaker_role.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    image_version: PlainText = Field(
        title="Image version",
        description="Version of the image of the pipeline's algorithm: of SageMaker's built-in XGBoost such "
        "as 3.2-0 or 1.7-1, of the others 1.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    training_instance_type: InstanceType = Field(
        title="Training instance",
        description="Billed by the second while the job runs.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    training_instance_count: WholeNumber = Field(
        ge=1,
        le=20,
        title="Training instances",
        description="With more than one, the training rows are spread over as many files.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    endpoint_instance_type: InstanceType = Field(
        title="Endpoint instance",
        description="Billed by the second until the endpoint is deleted.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    endpoint_instance_count: WholeNumber = Field(
        ge=1,
        le=10,
        title="Endpoint instances",
        description="Each is billed. One is enough for the evaluation.",
        json_schema_extra=sections.RARELY_CHANGED,
    )
    max_cost: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        title="Highest cost",
        description="In USD. A run that may cost more is refused before it makes anything, and so is one of "
        "which a price is not known. What a kept endpoint costs after the run does not count. Empty: not "
        "asked.",
        json_schema_extra=sections.RARELY_CHANGED,
    )

    @property
    def costs(self) -> OutcomeValues | None:
        """What each outcome is worth; None where these Params do not say."""
        if self.call_cost is None or self.deposit_value is None:
            return None
        return OutcomeValues.of_action(self.call_cost, self.deposit_value)

    @model_validator(mode="after")
    def _costs_have_both_sides(self) -> Self:
        if (self.call_cost is None) != (self.deposit_value is None):
            raise PydanticCustomError("costs", "call_cost and deposit_value: give both, or neither")
        return self

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


def has_rounds(hyperparameters: Mapping[str, Any]) -> bool:
    """Tell whether XGBoost's num_round is there, which every version of its image requires.

    Without it, a job would be started, billed, and fail.
    """
    return _FROM_ONE_ON.fullmatch(str(hyperparameters.get("num_round", ""))) is not None


def parse_params(values: Mapping[str, Any]) -> RunParams:
    """Check the names, types and bounds of a run's Params.

    Raises:
        ParamError: Params are not valid. One message names all of them.
    """
    return checked(RunParams, values)
