"""What a deferred task waits for in the triggerer: its job's end, its endpoint's creation."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Any, ClassVar

from airflow.providers.amazon.aws.triggers.sagemaker import SageMakerTrigger
from airflow.sdk import TaskInstanceState
from airflow.triggers.base import TriggerEvent
from botocore.exceptions import BotoCoreError, ClientError

from include.operators.deployment import tags_of
from include.pipeline.aws.jobs import (
    PROCESSING_JOB,
    TRAINING_JOB,
    TRANSFORM_JOB,
    TUNING_JOB,
    JobKind,
    describe_job,
)
from include.pipeline.aws.polling import async_looks
from include.pipeline.aws.resources import ENDPOINT, describe, owner_of

# A triggerer's first question to Airflow takes seconds, and on_kill has 30 in all.
_STATE_SECONDS = 10
_OVER = frozenset(
    {
        TaskInstanceState.FAILED,
        TaskInstanceState.REMOVED,
        TaskInstanceState.SKIPPED,
        TaskInstanceState.SUCCESS,
        TaskInstanceState.UPSTREAM_FAILED,
    }
)
# asyncio itself keeps no task alive.
_ENDING: set[asyncio.Task[None]] = set()


class _WakingTrigger(SageMakerTrigger):
    """Wakes the task when there is something to see; what that means is the task's to say.

    What the provider's trigger lacks: it looks as often as the operators do, has no limit of its own, which
    a restart of the triggerer would begin anew, and ends what bills when a user ends the task.
    """

    pending: ClassVar[frozenset[str]]

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look until it is pending no more, or until SageMaker cannot be asked: the task will ask, too."""
        async with await self._client() as sagemaker:
            status = None
            async for waited in async_looks(self.waiter_delay):
                try:
                    seen = await self.look(sagemaker)
                except (BotoCoreError, ClientError) as error:
                    self.log.warning("%s cannot be looked at: %s", self.job_name, error)
                    break
                if seen != status:
                    status = seen
                    self.log.info("%s is %s after %.0f s", self.job_name, status, waited)
                if status not in self.pending:
                    break
        yield TriggerEvent({"job_name": self.job_name})  # type: ignore[no-untyped-call]

    async def on_kill(self) -> None:
        """End what bills, where the task is not to go on with it.

        Airflow calls this also in a triggerer that was slow and lost the trigger to another. It cancels the
        call again at each of its looks at the triggers, about once a second: the work goes on behind that.
        """
        ending = asyncio.create_task(self._end_if_given_up())
        _ENDING.add(ending)
        ending.add_done_callback(_ENDING.discard)
        await asyncio.shield(ending)

    async def _end_if_given_up(self) -> None:
        if self.is_given_up(await self._task_state()) and await asyncio.to_thread(self._is_own):
            async with await self._client() as sagemaker:
                try:
                    await self.end(sagemaker)
                except ClientError as error:
                    self.log.warning("%s was not ended: %s", self.job_name, error)

    def _is_own(self) -> bool:
        # A copy of another Airflow's database has that one's triggers, too.
        task: Any = self.task_instance
        sagemaker: Any = self.hook().conn
        try:
            arn = self.arn(sagemaker)
        except ClientError as error:
            self.log.warning("%s was not ended: %s", self.job_name, error)
            return False
        own = tags_of(task.dag_id, task.run_id, self.job_name)
        return arn is not None and own.is_same_run(owner_of(sagemaker, arn))

    @abstractmethod
    def arn(self, sagemaker: Any) -> str | None:
        """Ask SageMaker for its ARN; None for what is not there."""

    @abstractmethod
    async def look(self, sagemaker: Any) -> str:
        """Ask SageMaker for the status."""

    @abstractmethod
    async def end(self, sagemaker: Any) -> None:
        """Ask SageMaker to end it."""

    @abstractmethod
    def is_given_up(self, task_state: str | None) -> bool:
        """Tell by the state of the task whether it does not go on; None is a cleared one's."""

    async def _client(self) -> Any:
        return await self.hook().get_async_conn()  # type: ignore[no-untyped-call]

    async def _task_state(self) -> str | None:
        # Would slow every parse of a DAG.
        from airflow.sdk.execution_time.task_runner import RuntimeTaskInstance  # noqa: PLC0415

        task: Any = self.task_instance
        try:
            async with asyncio.timeout(_STATE_SECONDS):
                states = await asyncio.to_thread(
                    RuntimeTaskInstance.get_task_states,
                    dag_id=task.dag_id,
                    task_ids=[task.task_id],
                    run_ids=[task.run_id],
                    map_index=task.map_index,
                )
        except TimeoutError:
            return None
        return next(iter(states.get(task.run_id, {}).values()), None)


class JobTrigger(_WakingTrigger):
    """Waits for the end of a job; stops it when the task is marked or cleared."""

    pending = frozenset({"InProgress", "Stopping"})
    job_kind: ClassVar[JobKind]

    def arn(self, sagemaker: Any) -> str | None:
        """Ask for the job's."""
        job = describe_job(sagemaker, self.job_kind, self.job_name)
        return job[self.job_kind.arn_member] if job else None

    async def look(self, sagemaker: Any) -> str:
        """Ask for the job's status."""
        kind = self.job_kind
        job = await getattr(sagemaker, f"describe_{kind.method}")(**{kind.name_member: self.job_name})
        status: str = job[kind.status_member]
        return status

    async def end(self, sagemaker: Any) -> None:
        """Stop the job."""
        kind = self.job_kind
        self.log.warning("Stopping %s %s", kind.title, self.job_name)
        await getattr(sagemaker, f"stop_{kind.method}")(**{kind.name_member: self.job_name})

    def is_given_up(self, task_state: str | None) -> bool:
        """Tell so of a cleared task, too: it will start another job, if it comes to that at all."""
        return task_state != TaskInstanceState.DEFERRED


class ProcessingJobTrigger(JobTrigger):
    """Waits for the end of a processing job."""

    job_kind = PROCESSING_JOB


class TrainingJobTrigger(JobTrigger):
    """Waits for the end of a training job."""

    job_kind = TRAINING_JOB


class TuningJobTrigger(JobTrigger):
    """Waits for the end of a tuning job."""

    job_kind = TUNING_JOB


class TransformJobTrigger(JobTrigger):
    """Waits for the end of a transform job."""

    job_kind = TRANSFORM_JOB


class EndpointTrigger(_WakingTrigger):
    """Waits until an endpoint is in service or failed; deletes it when the task is marked.

    SageMaker refuses that while the endpoint is being created; then the DAG's teardown waits for it.
    """

    pending = frozenset({"Creating"})

    def arn(self, sagemaker: Any) -> str | None:
        """Ask for the endpoint's."""
        endpoint = describe(sagemaker, ENDPOINT, self.job_name)
        return endpoint["EndpointArn"] if endpoint else None

    async def look(self, sagemaker: Any) -> str:
        """Ask for the endpoint's status."""
        endpoint = await sagemaker.describe_endpoint(EndpointName=self.job_name)
        status: str = endpoint["EndpointStatus"]
        return status

    async def end(self, sagemaker: Any) -> None:
        """Delete the endpoint."""
        self.log.warning("Deleting endpoint %s", self.job_name)
        await sagemaker.delete_endpoint(EndpointName=self.job_name)

    def is_given_up(self, task_state: str | None) -> bool:
        """Tell so of a task that is over. A cleared one takes up the endpoint that it finds."""
        return task_state in _OVER
