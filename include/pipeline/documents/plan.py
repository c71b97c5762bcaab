"""plan.json: every name, place and request of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import model_validator

from include.pipeline.document import Document
from include.pipeline.documents.config import TableConfig
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.params import RunParams


@dataclass(frozen=True)
class DataInterval:
    """The period whose data a run is for, as Airflow's `data_interval_start` and `data_interval_end`.

    Both moments have a time zone.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse a moment without time zone, which is another moment on each machine.

        Raises:
            ValueError: There is one.
        """
        for moment in (self.start, self.end):
            if moment.utcoffset() is None:
                raise ValueError(f"{moment!r} has no time zone")


class RunIdentity(Document):
    """Which run this is, and where it runs."""

    dag_id: str
    run_id: str
    account_id: str
    """Twelve digits."""
    region: str
    planned_at: datetime
    interval_start: datetime | None = None
    """Start of the run's data interval, where it has one."""
    interval_end: datetime | None = None
    """End of the run's data interval, where it has one."""

    @property
    def interval(self) -> DataInterval | None:
        """The period whose data the run is for."""
        if self.interval_start is None or self.interval_end is None:
            return None
        return DataInterval(self.interval_start, self.interval_end)


class RunLocations(Document):
    """Where on S3 a run keeps what: `s3://` URIs."""

    raw: str
    """Folder of the raw data, which all runs share."""
    profiles: str
    """Folder of the profiles of that data, which all runs share."""
    models: str
    """Folder of the list of accepted models, which all runs share."""
    run: str
    """Folder of all that is the run's own."""
    plan: str
    train: str
    """Prefix of the training files; it ends with a slash."""
    validation: str
    test_features: str
    test_labels: str
    model: str
    """Prefix below which SageMaker writes the model's archive."""
    predictions: str
    metrics: str
    report: str
    manifest: str

    @classmethod
    def of(cls, bucket: str, pipeline: str, key: str) -> "RunLocations":
        """Lay out one run: raw data, profiles of it, and the list of models are shared by all runs."""
        run = f"s3://{bucket}/{pipeline}/runs/{key}"
        return cls(
            raw=f"s3://{bucket}/{pipeline}/raw",
            profiles=f"s3://{bucket}/{pipeline}/profiles",
            models=f"s3://{bucket}/{pipeline}/models",
            run=run,
            plan=f"{run}/plan.json",
            train=f"{run}/train/",
            validation=f"{run}/validation/validation.csv",
            test_features=f"{run}/test/features.csv",
            test_labels=f"{run}/test/labels.csv",
            model=f"{run}/model",
            predictions=f"{run}/evaluation/predictions.csv",
            metrics=f"{run}/evaluation/metrics.json",
            report=f"{run}/evaluation/report.html",
            manifest=f"{run}/manifest.json",
        )


class RunPlan(Document):
    """All that later steps need to know. It travels between tasks as JSON."""

    key: str
    """The run's name, and that of its training job, model, endpoint configuration and endpoint."""
    identity: RunIdentity
    params: RunParams
    table: TableConfig
    drift: DriftLimits | None
    image_uri: str
    """SageMaker's image that trains and serves."""
    bucket: str
    locations: RunLocations
    training: dict[str, Any]
    """The request of `CreateTrainingJob`."""
    deployment: dict[str, Any]
    """The requests for the three resources, by `Model`, `EndpointConfig`, `Endpoint`."""
    keep_endpoint: bool
    """The Param of that name: a DAG file takes single members of the plan, not of `params`."""

    @model_validator(mode="before")
    @classmethod
    def _image_of_the_request(cls, plan: Any) -> Any:
        # Plans did not always tell the image by itself.
        if isinstance(plan, Mapping) and "image_uri" not in plan and "training" in plan:
            return {**plan, "image_uri": plan["training"]["AlgorithmSpecification"]["TrainingImage"]}
        return plan


class PlannedParams(Document):
    """The Params of a plan as data: what can be shown of a plan, whichever version made it."""

    params: dict[str, Any]
