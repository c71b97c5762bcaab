"""A training job that a retry finds again instead of buying a second one."""

import itertools
from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.hooks.sagemaker import LogState
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.providers.amazon.aws.utils import validate_execute_complete_event
from airflow.sdk import Context, ResumableJobMixin
from botocore.exceptions import ClientError

from include.airflow_names import PLAN_RUN
from include.operators.deployment import check_deployment
from include.operators.failures.retries import may_pass
from include.operators.links import TrainingJobLink
from include.operators.reuse import skip_for
from include.operators.sagemaker.deferral import DeferralMixin
from include.operators.sagemaker.ended import refuse_if_ended
from include.operators.sagemaker.triggers import TrainingJobTrigger
from include.pipeline.aws.error_words import reason_in_words
from include.pipeline.aws.polling import looks
from include.pipeline.aws.resources import owner_of
from include.pipeline.aws.tags import RunTags
from include.pipeline.documents.plan import RunPlan
from include.pipeline.errors import TrainingError
from include.pipeline.planning.names import training_job_name
from include.pipeline.planning.training_request import named, time_limit

# As many as CloudWatch lists at once. An instance may have several: a spot job that goes on begins another.
_MAX_STREAMS = 50
_OF_LOGS = frozenset({"DescribeLogStreams", "GetLogEvents"})


class ResumableSageMakerTrainingOperator(ResumableJobMixin, DeferralMixin, SageMakerTrainingOperator):
    """Runs a training job and shows its log from the first line.

    What the provider's operator lacks: a retry takes the job that a crashed try has started, whether it still
    runs or has ended well; a task that was cleared stops it and starts another; a job that was stopped is a
    failure; killing the task stops the job; the end is seen within a second, not after 30. Where it is
    deferrable, it waits for as long as the job itself may take, and all this holds then, too.

    Args:
        config: The request of `CreateTrainingJob`, with the run's tags. SageMaker gives a job's name out
            once: where a job of that name has ended, the next is `<name>-2`, and so on.
        plan: A `RunPlan`, whose bucket the provider looks into before it asks for the job. None for a job
            whose data is not in a run's bucket.
        reused: A `ReusedModel`: its job is the answer, and the task is skipped. None trains.
        check_interval: Seconds between two looks at the job, at the most.
    """

    external_id_key = "training_job_name"
    operator_extra_links = (TrainingJobLink(),)
    template_fields: Sequence[str] = (*SageMakerTrainingOperator.template_fields, "plan", "reused")
    _job_name: str | None = None

    def __init__(
        self, *, plan: dict[str, Any] | None = None, reused: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.reused = reused

    @property
    def console_name(self) -> str | None:
        """The job's, once it is known."""
        return self._job_name

    def execute(self, context: Context) -> dict[str, Any]:
        """Start or find the job, wait for its end.

        Returns:
            `{"Training": <what DescribeTrainingJob says>}`, as the provider's operator does.

        Raises:
            TrainingError: The job failed or was stopped.
            OwnerError: The request has no tags of a run, or those of another Airflow's.
            AirflowSkipException: There is a model to use again.
            AirflowFailException: The task was ended meanwhile.
        """
        if self.reused:
            self._job_name = self.reused["job_name"]
            skip_for(self.reused, context["ti"], self.serialize_result(self.reused["job_name"]))
        if self.plan:
            RunPlan.read(self.plan, PLAN_RUN).own_bucket.guard(self.hook.s3_hook.conn)
        self.preprocess_config()
        tags = self._own_tags()
        cleared = getattr(context.get("dag_run"), "clear_number", None) or 0
        renewed = tags.model_copy(update={"clear_number": cleared})
        self.config["Tags"] = renewed.put_into(self.config["Tags"])
        result: dict[str, Any] = self.execute_resumable(context)
        return result

    def submit_job(self, context: Context) -> str:
        """Create the job, or take the one that a crashed try has started."""
        for attempt in itertools.count(1):
            name = training_job_name(self.config["TrainingJobName"], attempt)
            job = self._describe(name)
            if job is None:
                break
            if not self._is_of_this_plan(job):
                if self._is_of_this_run(job):
                    self._stop(name)
            elif job["TrainingJobStatus"] in {"InProgress", "Completed"}:
                self.log.info("Job %s is %s already: taking it", name, job["TrainingJobStatus"])
                return name
        self.log.info("Creating training job %s", name)
        # Known before it exists: a task may be killed while it waits for the answer.
        self._job_name = name
        refuse_if_ended(context)
        self._create(name)
        return name

    def get_job_status(self, external_id: Any, context: Context) -> str:  # noqa: ARG002
        """Ask for the status of the job that an earlier try started.

        A job from before the run was cleared counts as absent.
        """
        job = self._describe(external_id)
        return job["TrainingJobStatus"] if job and self._is_of_this_plan(job) else "Absent"

    def is_job_active(self, status: str) -> bool:
        """Tell whether the job can still end well."""
        return status == "InProgress"

    def is_job_succeeded(self, status: str) -> bool:
        """Tell whether there is a model. Stopped, which the provider takes for success, is none."""
        return status == "Completed"

    def poll_until_complete(  # type: ignore[override]
        self, external_id: Any, context: Context
    ) -> dict[str, Any]:
        """Defer until the job ends, or show its log and steps until then.

        Returns:
            The result, because the mixin hands on what this returns when it re-attaches.
        """
        self._job_name = external_id
        description = self.hook.describe_training_job(external_id)
        if self.deferrable:
            limit = time_limit(description["StoppingCondition"])
            self.defer_to(
                TrainingJobTrigger,
                job_type="training",
                job_name=external_id,
                limit=min(limit, self.execution_timeout or limit),
            )
        return self._follow(external_id, description, context)

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Know the job from the first moment on: the task may be killed in any."""
        self._own_tags()
        name: Any = context["task_state_store"].get(self.external_id_key)
        self._job_name = name
        return super().resume_execution(next_method, next_kwargs, context)

    def execute_complete(self, context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Show the log of the job whose end was waited for.

        Returns:
            What `execute` does.

        Raises:
            TrainingError: The job failed or was stopped.
        """
        name: str = validate_execute_complete_event(event)["job_name"]
        return self._follow(name, self.hook.describe_training_job(name), context)

    def _own_tags(self) -> RunTags:
        tags = RunTags.of_request(self.config)
        check_deployment(tags.deployment_id)
        return tags

    def _follow(self, external_id: str, description: dict[str, Any], context: Context) -> dict[str, Any]:
        positions: dict[str, Any] = {}
        state = LogState.TAILING
        streams = _MAX_STREAMS
        for _ in looks(self.check_interval):
            try:
                state, description, _ = self.hook.describe_training_job_with_log(
                    external_id,
                    positions,
                    [],
                    streams,
                    state,
                    description,
                    # The hook looks at the job only when its last look is 30 s old.
                    last_describe_job_call=float("-inf"),
                )
            except ClientError as error:
                # The job goes on, and is paid for, whether it can be looked at or not.
                if may_pass(error):
                    self.log.warning("Looking again: %s", error)
                elif error.operation_name in _OF_LOGS:
                    self.log.warning("Going on without the job's log: %s", error)
                    streams = 0
                else:
                    raise
                continue
            if state == LogState.COMPLETE:
                break
        result = self.get_job_result(external_id, context)
        self.log.info("Billable seconds: %d", result["Training"]["BillableTimeInSeconds"])
        return result

    def get_job_result(self, external_id: Any, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Describe the ended job; raise where it ended without a model."""
        description = self.hook.describe_training_job(external_id)
        status = description["TrainingJobStatus"]
        if not self.is_job_succeeded(status):
            reason = _reason(description)
            words = reason_in_words(reason, self.hook.conn_partition)
            raise TrainingError(
                f"training job {external_id!r} ended as {status}: {reason}",
                "a training job ends as Completed",
                f"{words.mend if words else 'Mend what the reason names'}; the job's log is above and in "
                "CloudWatch, group "
                f"/aws/sagemaker/TrainingJobs, stream {external_id}/",
            )
        return self.serialize_result(external_id)

    def on_kill(self) -> None:
        """Stop the job, so that it does not bill on after its task."""
        if self._job_name:
            self._request_stop(self._job_name)

    def _create(self, name: str) -> None:
        request = named(self.config, name)
        try:
            self.hook.create_training_job(request, wait_for_completion=False, print_log=False)
        except ClientError as error:
            job = self._describe(name)
            # Where AWS's answer is lost, boto3 asks again, and meets the job that it has made.
            if (
                error.response["Error"]["Code"] != "ResourceInUse"
                or not job
                or not self._is_of_this_plan(job)
            ):
                raise

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            job: dict[str, Any] = self.hook.describe_training_job(name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationException":
                raise
            return None
        return job

    def _is_of_this_run(self, job: dict[str, Any]) -> bool:
        owner = owner_of(self.hook.conn, job["TrainingJobArn"])
        return RunTags.of_request(self.config).is_same_run(owner)

    def _is_of_this_plan(self, job: dict[str, Any]) -> bool:
        # A run that was cleared since may have other data or Params: an earlier job's model is not its own.
        return RunTags.of_request(self.config) == owner_of(self.hook.conn, job["TrainingJobArn"])

    def _stop(self, name: str) -> None:
        for _ in looks(self.check_interval):
            if self.hook.describe_training_job(name)["TrainingJobStatus"] != "InProgress":
                break
            self._request_stop(name)

    def _request_stop(self, name: str) -> None:
        self.log.warning("Stopping training job %s", name)
        sagemaker: Any = self.hook.conn
        try:
            sagemaker.stop_training_job(TrainingJobName=name)
        except ClientError as error:
            # It has just ended by itself, or was not made.
            self.log.warning("The job was not stopped: %s", error)


def _reason(job: dict[str, Any]) -> str:
    # SageMaker gives none for a job that it stopped, at one of its limits or because it was asked to.
    last = job["SecondaryStatusTransitions"][-1].get("StatusMessage")
    reason: str = job.get("FailureReason") or last or "no reason given"
    return reason
