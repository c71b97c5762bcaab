"""A transform job that a retry finds again instead of buying a second one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTransformOperator, serialize
from airflow.sdk import Context

from include.operators.dag.links import TransformJobLink
from include.operators.reuse import skip_for
from include.operators.sagemaker.ended import refuse_if_ended
from include.operators.sagemaker.resumable_job import ResumableSageMakerJob
from include.operators.sagemaker.triggers import TransformJobTrigger
from include.pipeline.aws.error_words import reason_in_words
from include.pipeline.aws.jobs import TRANSFORM_JOB, create_job
from include.pipeline.aws.resources import MODEL, check_owner, create, delete, describe
from include.pipeline.documents.scoring.model import ScoringModel
from include.pipeline.errors import ParamError, TransformError
from include.pipeline.scoring.request import named, serving


class ResumableSageMakerTransformOperator(ResumableSageMakerJob, SageMakerTransformOperator):
    """Makes a run's model and runs a transform job with it.

    What the provider's operator lacks, `ResumableSageMakerJob` has. And: the model is the run's own, and made
    once; the job's FailureReason is told; a job that takes too long is stopped: SageMaker sets it no limit.

    Args:
        config: `{"Model": ..., "Transform": ...}`, as the provider's operator takes it, with the run's tags.
            The model that is chosen completes the first. SageMaker gives a job's name out once: where a job
            of that name has ended, the next is `<name>-2`, and so on.
        model: A `ScoringModel`.
        images: That it may be served by.
        archives: `s3://` prefixes, below one of which its archive has to be.
        reused: What an earlier run has scored, `AnsweredRows` with a reason: the task is skipped, and answers
            with it. None scores.
        longest_seconds: After that the job is stopped.
        check_interval: Seconds between two looks at the job, at the most.
    """

    external_id_key = "transform_job_name"
    job_kind = TRANSFORM_JOB
    trigger = TransformJobTrigger
    operator_extra_links = (TransformJobLink(),)  # type: ignore[assignment]
    template_fields: Sequence[str] = (
        *SageMakerTransformOperator.template_fields,
        *("model", "images", "archives", "reused", "longest_seconds"),
    )

    def __init__(
        self,
        *,
        model: Any,
        images: Sequence[str],
        archives: Sequence[str],
        longest_seconds: int,
        reused: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.model = model
        self.images = images
        self.archives = archives
        self.reused = reused
        self.longest_seconds = longest_seconds

    @property
    def request(self) -> dict[str, Any]:
        """The request of `CreateTransformJob`."""
        request: dict[str, Any] = self.config["Transform"]
        return request

    def execute(self, context: Context) -> dict[str, Any]:
        """Start or find the job, wait for its end.

        Returns:
            `{"Model": ..., "Transform": ...}`: what SageMaker says of both, as the provider's operator does.

        Raises:
            TransformError: The job failed, was stopped, or took too long.
            ParamError: The model is served by an image, or lies in a place, that the pipeline does not have.
            OwnerError: A name is taken by something that this run did not make, or another Airflow has
                planned the run.
            AirflowSkipException: The same rows have been scored before.
            AirflowFailException: The task was ended meanwhile.
        """
        if self.reused:
            skip_for(self.reused, context["ti"], None)
        model = ScoringModel.read(self.model, "choose_model")
        self._check(model)
        self.config["Model"] = serving(self.config["Model"], model)
        self.preprocess_config()
        self.tag_for(context)
        self._make_model(context)
        result: dict[str, Any] = self.execute_resumable(context)
        return result

    def create(self, name: str) -> None:
        """Start the job."""
        create_job(self.hook.conn, TRANSFORM_JOB, named(self.request, name))

    def longest(self, name: str) -> timedelta:  # noqa: ARG002
        """Tell how long to wait: as long as the job may take, and the task."""
        return min(self._longest, self.execution_timeout or self._longest)

    def follow(self, name: str, context: Context) -> dict[str, Any]:
        """Look at the job until its end.

        Raises:
            TransformError: It failed, was stopped, or took too long.
        """
        for job in self.states(name):
            is_running = job["TransformJobStatus"] == "InProgress"
            if is_running and datetime.now(UTC) > job["CreationTime"] + self._longest:
                self.log.warning("The job takes longer than max_runtime_seconds = %d", self.longest_seconds)
                self.request_stop(name)
        return self.get_job_result(name, context)

    def get_job_result(self, external_id: Any, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Describe the ended job; raise where it ended without answers."""
        job = self.hook.describe_transform_job(external_id)
        status = job["TransformJobStatus"]
        if "TransformStartTime" in job:
            time = job["TransformEndTime"] - job["TransformStartTime"]
            self.count(external_id, "transform", job["TransformResources"], time)
        if not self.is_job_succeeded(status):
            reason = job.get("FailureReason") or "no reason given"
            words = reason_in_words(reason, self.hook.conn_partition)
            raise TransformError(
                f"transform job {external_id!r} ended as {status}: {reason}",
                f"a transform job ends as Completed, within max_runtime_seconds = {self.longest_seconds}",
                f"{words.mend if words else 'Mend what the reason names'}; the job's log is in CloudWatch, "
                f"group {TRANSFORM_JOB.log_group}, stream {external_id}/",
            )
        return {"Model": serialize(self.hook.describe_model(job["ModelName"])), "Transform": serialize(job)}

    @property
    def _longest(self) -> timedelta:
        return timedelta(seconds=self.longest_seconds)

    def _check(self, model: ScoringModel) -> None:
        """Hold what came through XCom to what the pipeline's limits and places allow."""
        if model.image_uri in self.images and model.model_uri.startswith(tuple(self.archives)):
            return
        raise ParamError(
            f"the model of {model.run_id} is {model.model_uri}, served by {model.image_uri}",
            "a model of the pipeline is below its own folder, and served by an image that its limits allow",
            "Clear choose_model and what follows it; if that does not help, find out who may write XComs",
        )

    def _make_model(self, context: Context) -> None:
        request, sagemaker = self.config["Model"], self.hook.conn
        name, tags = request["ModelName"], self.own_tags()
        request["Tags"] = tags.put_into(request["Tags"])
        check_owner(sagemaker, MODEL, name, tags)
        found = describe(sagemaker, MODEL, name)
        wanted = request["PrimaryContainer"]
        if found and all(found["PrimaryContainer"].get(member) == value for member, value in wanted.items()):
            return
        delete(sagemaker, MODEL, name, self.check_interval)
        refuse_if_ended(context)
        create(sagemaker, MODEL, request, tags)
