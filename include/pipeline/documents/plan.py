"""plan.json: every name, place and request of a run, and what it costs."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from operator import not_
from typing import Any, Self

from pydantic import Field, model_validator

from include.pipeline.aws.own_bucket import OwnBucket
from include.pipeline.document import Document
from include.pipeline.documents.aws_settings import AwsSettings
from include.pipeline.documents.config import ModelCard
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.table.costs import OutcomeValues
from include.pipeline.documents.table.words import Words
from include.pipeline.documents.training.algorithm import XGBOOST, AlgorithmName
from include.pipeline.documents.training.contenders import Contender
from include.pipeline.documents.training.cost import CostEstimate
from include.pipeline.errors import DocumentError
from include.pipeline.values.data_interval import DataInterval


class RunIdentity(Document):
    """Which run this is, and where it runs."""

    deployment_id: str = ""
    """Which Airflow it is of; empty for a run that was planned by a version that did not tell."""
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
    """Folder of the raw data, which all runs of the deployment share."""
    profiles: str
    """Folder of the profiles of that data, which they share."""
    models: str
    """Folder of the list of accepted models, which they share."""
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
    contender: str | None = Field(default=None, exclude_if=not_)
    """Folder of what is of one of several algorithms alone; None where a run has one."""

    @property
    def of_the_model(self) -> str:
        """Folder of what the model is made of: the run's, or that of one of its algorithms."""
        return self.contender or self.run

    @property
    def checkpoints(self) -> str:
        """Prefix below which each training job keeps its checkpoints, in a folder of its name."""
        return f"{self.of_the_model}/checkpoints"

    @property
    def encoding(self) -> str:
        """How the run's text was made into numbers, where there is some."""
        return f"{self.of_the_model}/encoding.json"

    @property
    def test_identifiers(self) -> str:
        """The identifiers of the test rows, where the table has some: CSV with a header."""
        return f"{self.of_the_model}/test/identifiers.csv"

    @property
    def test_groups(self) -> str:
        """The columns by which figures of the test rows are told, beside features: CSV with a header."""
        return f"{self.of_the_model}/test/groups.csv"

    @property
    def processing(self) -> str:
        """Folder of what a processing job gets and tells that splits the table."""
        return f"{self.run}/processing"

    @property
    def validation_predictions(self) -> str:
        """What one of several algorithms predicted for the validation rows."""
        return f"{self.of_the_model}/validation/predictions.csv"

    @property
    def claims(self) -> str:
        """Folder of what says which run trains what several need, which they share."""
        return f"{self.models.rpartition('/')[0]}/claims"

    @classmethod
    def of(cls, bucket: str, pipeline: str, key: str, *, deployment_id: str) -> "RunLocations":
        """Lay out one run: raw data, profiles of it, and the list of models the deployment's runs share.

        Args:
            bucket: Its bucket.
            pipeline: Id of its DAG.
            key: Its run key.
            deployment_id: Which Airflow; empty for where versions without one kept what runs made.
        """
        pipelines = f"s3://{bucket}/{deployment_id}" if deployment_id else f"s3://{bucket}"
        run = f"{pipelines}/{pipeline}/runs/{key}"
        return cls(
            raw=f"{pipelines}/{pipeline}/raw",
            profiles=f"{pipelines}/{pipeline}/profiles",
            models=f"{pipelines}/{pipeline}/models",
            run=run,
            plan=f"{run}/plan.json",
            **_of_the_model(run),
            predictions=f"{run}/evaluation/predictions.csv",
            metrics=f"{run}/evaluation/metrics.json",
            report=f"{run}/evaluation/report.html",
            manifest=f"{run}/manifest.json",
        )

    def of_contender(self, algorithm: AlgorithmName | None) -> Self:
        """Lay out one of several algorithms of the run; None for a run that has one."""
        if algorithm is None:
            return self
        folder = f"{self.run}/contenders/{algorithm}"
        return self.model_copy(update={"contender": folder, **_of_the_model(folder)})


def _of_the_model(folder: str) -> dict[str, str]:
    return {
        "train": f"{folder}/train/",
        "validation": f"{folder}/validation/validation.csv",
        "test_features": f"{folder}/test/features.csv",
        "test_labels": f"{folder}/test/labels.csv",
        "model": f"{folder}/model",
    }


class RunPlan(Document):
    """All that later steps need to know. It travels between tasks as JSON."""

    key: str
    """The run's name, and that of its training job, model, endpoint configuration and endpoint."""
    identity: RunIdentity
    params: RunParams
    table: TableConfig
    algorithm: AlgorithmName = XGBOOST
    contenders: tuple[Contender, ...] = Field(default=(), exclude_if=not_)
    """Several algorithms that train on the same rows, in the order of the YAML. Empty where one trains."""
    drift: DriftLimits | None
    aws: AwsSettings = AwsSettings(network_isolation=False, encrypt_between_instances=False)
    """How its job and endpoint are made, as the pipeline's YAML file had it."""
    image_uri: str
    """SageMaker's image that trains and serves."""
    bucket: str
    locations: RunLocations
    processing: dict[str, Any] | None = Field(default=None, exclude_if=not_)
    """The request of `CreateProcessingJob`, but for what it splits; None where the worker splits all."""
    training: dict[str, Any]
    """The request of `CreateTrainingJob`; of a tuning job, what all of its trials have alike."""
    tuning: dict[str, Any] | None = Field(default=None, exclude_if=not_)
    """The request of `CreateHyperParameterTuningJob`; None where one training job has its hyperparameters."""
    deployment: dict[str, Any]
    """The requests for the three resources, by `Model`, `EndpointConfig`, `Endpoint`."""
    card: ModelCard | None = None
    """What the report says of the model's use; None where the YAML says nothing, or in plans of before."""
    words: Words = Words()
    """How people call what the model is about."""
    costs: OutcomeValues | None = None
    """What each outcome of a row is worth, as the YAML has it; None where it does not say."""
    source: str | None = None
    """`data_url` as it was given, with placeholders, without what is secret; None in plans of before."""
    keep_endpoint: bool
    """The Param of that name: a DAG file takes single members of the plan, not of `params`."""
    cost: CostEstimate | None = None
    """None where nobody has estimated it."""

    @property
    def own_bucket(self) -> OwnBucket:
        """The bucket, whose it has to be, and where."""
        return OwnBucket.of_run(
            self.bucket, self.params.bucket_owner, self.identity.account_id, self.identity.region
        )

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of all that the run makes on SageMaker."""
        return (self.key, *(contender.key for contender in self.contenders))

    def chosen(self, algorithm: AlgorithmName) -> Self:
        """Plan the rest of the run for one of its contenders, as if it were the only one."""
        found = next(each for each in self.contenders if each.algorithm == algorithm)
        update = {"image_version": found.image_version, "hyperparameters": found.hyperparameters}
        model = {**self.deployment["Model"], "PrimaryContainer": {"Image": found.image_uri}}
        return self.model_copy(
            update={
                "algorithm": algorithm,
                "params": self.params.model_copy(update=update),
                "image_uri": found.image_uri,
                "locations": self.locations.of_contender(algorithm),
                "training": found.training,
                "deployment": {**self.deployment, "Model": model},
            }
        )

    def contending(self, algorithm: AlgorithmName) -> Self:
        """Plan what one of its contenders does before that, under a name of its own."""
        found = next(each for each in self.contenders if each.algorithm == algorithm)
        return self.chosen(algorithm).model_copy(update={"key": found.key, "deployment": found.deployment})

    @property
    def outcome_values(self) -> OutcomeValues | None:
        """What each outcome of a row is worth, by the Params, or else the YAML; None where neither says."""
        return self.params.costs or self.costs

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
    words: Words = Words()
    """How people call what the model is about."""
    costs: OutcomeValues | None = None
    """As the YAML had them, where the Params do not say."""


class PlanReference(Document):
    """What `plan_run` returns: the plan by its hash. It lies on S3, once there is a bucket."""

    key: str
    identity: RunIdentity
    bucket: str
    cost: CostEstimate | None = None
    sha256: str
    """Of the plan: `digest` of its JSON."""

    @classmethod
    def of(cls, plan: RunPlan) -> Self:
        """Refer to a plan."""
        told = {name: getattr(plan, name) for name in ("key", "identity", "bucket", "cost")}
        return cls(**told, sha256=digest(plan.model_dump(mode="json")))

    @property
    def locations(self) -> RunLocations:
        """Where the run keeps what; `plan` is where its plan is."""
        run = self.identity
        return RunLocations.of(self.bucket, run.dag_id, self.key, deployment_id=run.deployment_id)

    def check(self, content: bytes) -> Mapping[str, Any]:
        """Read plan.json as data, whichever version made it.

        Raises:
            DocumentError: It is not the plan.
        """
        try:
            found: Mapping[str, Any] | None = json.loads(content)
        except ValueError:
            found = None
        if found is None or digest(found) != self.sha256:
            raise DocumentError(
                f"{self.locations.plan} is not the plan that plan_run has told the SHA-256 of",
                f"its SHA-256, as canonical JSON, is {self.sha256}",
                "Find out who has written it. Clear plan_run and all that follows",
            )
        return found


def digest(plan: Mapping[str, Any]) -> str:
    """Take the SHA-256 in hex of a plan as data: of its JSON without spaces, its names sorted."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
