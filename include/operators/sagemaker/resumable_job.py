"""A job of SageMaker's that a retry finds again instead of buying a second one."""

import itertools
from abc import abstractmethod
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

from airflow.providers.amazon.aws.utils import validate_execute_complete_event
from airflow.sdk import Context, ResumableJobMixin
from botocore.exceptions import ClientError

from include.operators.deployment import check_deployment
from include.operators.failures.retries import may_pass
from include.operators.sagemaker.billed import Use, count_billed
from include.operators.sagemaker.deferral import DeferralMixin
from include.operators.sagemaker.ended import refuse_if_ended
from include.operators.sagemaker.triggers import JobTrigger
from include.pipeline.aws.jobs import JobKind, describe_job, stop_job
from include.pipeline.aws.polling import looks
from include.pipeline.aws.resources import owner_of
from include.pipeline.aws.tags import RunTags
from include.pipeline.planning.names import job_name


class ResumableSageMakerJob(ResumableJobMixin, DeferralMixin):
    """What the provider's operators of jobs lack.

    A retry takes the job that a crashed try has started, whether it still runs or has ended well; a task that
    was cleared stops it and starts another; a job that was stopped is a failure; killing the task stops the
    job. Where it is deferrable, all this holds then, too.
    """

    job_kind: ClassVar[JobKind]
    trigger: ClassVar[type[JobTrigger]]
    """Where the task waits when it is deferred."""
    deferrable: bool
    _job_name: str | None = None
    _counted: str | None = None
    """The job that the metrics have."""

    @property
    def console_name(self) -> str | None:
        """The job's, once it is known."""
        return self._job_name

    @property
    @abstractmethod
    def request(self) -> dict[str, Any]:
        """The request that makes the job, with the run's tags."""

    @abstractmethod
    def create(self, name: str) -> None:
        """Start the job under a name of its own."""

    @abstractmethod
    def follow(self, name: str, context: Context) -> dict[str, Any]:
        """Wait for the job's end on the worker, and return what the operator does."""

    def longest(self, name: str) -> timedelta | None:  # noqa: ARG002
        """Tell how long the job may be waited for when the task is deferred; None for ever."""
        limit: timedelta | None = self.execution_timeout
        return limit

    def poll_until_complete(  # type: ignore[override]
        self, external_id: Any, context: Context
    ) -> dict[str, Any]:
        """Defer until the job ends, or follow it until then.

        Returns:
            The result, because the mixin hands on what this returns when it re-attaches.
        """
        self._job_name = external_id
        if self.deferrable:
            self.defer_to(
                self.trigger,
                job_type=self.job_kind.title.removesuffix(" job"),
                job_name=external_id,
                limit=self.longest(external_id),
            )
        return self.follow(external_id, context)

    def descriptions(self, name: str) -> Iterator[dict[str, Any]]:
        """Describe the job again and again, until it has ended."""
        for _ in looks(self.check_interval):
            try:
                job = self.describe(name)
            except ClientError as error:
                # The job goes on, and is paid for, whether it can be looked at or not.
                if not may_pass(error):
                    raise
                self.log.warning("Looking again: %s", error)
                continue
            if job is None:
                return
            yield job
            if job[self.job_kind.status_member] not in self.trigger.pending:
                return

    def states(self, name: str) -> Iterator[dict[str, Any]]:
        """Describe the job again and again, until it has ended, and log each new state."""
        status = ""
        for job in self.descriptions(name):
            if job[self.job_kind.status_member] != status:
                status = job[self.job_kind.status_member]
                self.log.info("%s is %s", name, status)
            yield job

    def tag_for(self, context: Context) -> None:
        """Have the request's tags tell how often the run was cleared: what was made before is not its own."""
        cleared = getattr(context.get("dag_run"), "clear_number", None) or 0
        renewed = self.own_tags().model_copy(update={"clear_number": cleared})
        self.request["Tags"] = renewed.put_into(self.request["Tags"])

    def submit_job(self, context: Context) -> str:
        """Create the job, or take the one that a crashed try has started."""
        kind = self.job_kind
        for attempt in itertools.count(1):
            name = job_name(self.request[kind.name_member], attempt)
            job = self.describe(name)
            if job is None:
                break
            if not self._is_of_this_plan(job):
                if self._is_of_this_run(job):
                    self._stop(name)
            elif job[kind.status_member] in {"InProgress", "Completed"}:
                self.log.info("Job %s is %s already: taking it", name, job[kind.status_member])
                return name
        self.log.info("Creating %s %s", kind.title, name)
        # Known before it exists: a task may be killed while it waits for the answer.
        self._job_name = name
        refuse_if_ended(context)
        self._create(name)
        return name

    def get_job_status(self, external_id: Any, context: Context) -> str:  # noqa: ARG002
        """Ask for the status of the job that an earlier try started.

        A job from before the run was cleared counts as absent.
        """
        job = self.describe(external_id)
        if job is None or not self._is_of_this_plan(job):
            return "Absent"
        status: str = job[self.job_kind.status_member]
        return status

    def is_job_active(self, status: str) -> bool:
        """Tell whether the job can still end well."""
        return status == "InProgress"

    def is_job_succeeded(self, status: str) -> bool:
        """Tell whether it has done its work. Stopped, which the provider takes for success, has not."""
        return status == "Completed"

    def resume_execution(self, next_method: str, next_kwargs: dict[str, Any] | None, context: Context) -> Any:
        """Know the job from the first moment on: the task may be killed in any."""
        self.own_tags()
        name: Any = context["task_state_store"].get(self.external_id_key)
        self._job_name = name
        return super().resume_execution(next_method, next_kwargs, context)

    def execute_complete(self, context: Context, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Go on with the job whose end was waited for.

        Returns:
            What `execute` does.
        """
        name: str = validate_execute_complete_event(event)["job_name"]
        return self.follow(name, context)

    def on_kill(self) -> None:
        """Stop the job, so that it does not bill on after its task."""
        if self._job_name:
            self.request_stop(self._job_name)

    def count(self, name: str, use: Use, resources: dict[str, Any], time: timedelta) -> None:
        """Have the metrics tell what a job that has ended is billed for, once.

        Args:
            name: Of the job.
            use: What it did.
            resources: The member of its description that tells its instances.
            time: For which each of them is billed.
        """
        if name == self._counted:
            return
        self._counted = name
        instances = [(resources["InstanceType"], resources["InstanceCount"])]
        region = self.hook.conn_region_name
        count_billed(use, instances, time, dag_id=RunTags.of_request(self.request).dag_id, region=region)

    def own_tags(self) -> RunTags:
        """Read the request's tags.

        Raises:
            OwnerError: It has none, or those of another Airflow's run.
        """
        tags = RunTags.of_request(self.request)
        check_deployment(tags.deployment_id)
        return tags

    def describe(self, name: str) -> dict[str, Any] | None:
        """Describe a job; None where there is none."""
        return describe_job(self.hook.conn, self.job_kind, name)

    def request_stop(self, name: str) -> None:
        """Ask SageMaker to stop a job."""
        self.log.warning("Stopping %s %s", self.job_kind.title, name)
        try:
            stop_job(self.hook.conn, self.job_kind, name)
        except ClientError as error:
            # It has just ended by itself, or was not made.
            self.log.warning("The job was not stopped: %s", error)

    def _create(self, name: str) -> None:
        try:
            self.create(name)
        except ClientError as error:
            job = self.describe(name)
            # Where AWS's answer is lost, boto3 asks again, and meets the job that it has made.
            if (
                error.response["Error"]["Code"] != "ResourceInUse"
                or not job
                or not self._is_of_this_plan(job)
            ):
                raise

    def _is_of_this_run(self, job: dict[str, Any]) -> bool:
        owner = owner_of(self.hook.conn, job[self.job_kind.arn_member])
        return RunTags.of_request(self.request).is_same_run(owner)

    def _is_of_this_plan(self, job: dict[str, Any]) -> bool:
        # A run that was cleared since may have other data or Params: an earlier job's work is not its own.
        return RunTags.of_request(self.request) == owner_of(self.hook.conn, job[self.job_kind.arn_member])

    def _stop(self, name: str) -> None:
        for _ in looks(self.check_interval):
            job = self.describe(name)
            if job is None or job[self.job_kind.status_member] != "InProgress":
                break
            self.request_stop(name)
