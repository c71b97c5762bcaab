"""A training job that a retry finds again instead of buying a second one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.amazon.aws.hooks.sagemaker import LogState
from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTrainingOperator
from airflow.sdk import Context
from botocore.exceptions import ClientError

from include.operators.dag.links import TrainingJobLink
from include.operators.failures.retries import may_pass
from include.operators.sagemaker.training_step import TrainingStep
from include.operators.sagemaker.triggers import TrainingJobTrigger
from include.pipeline.aws.error_words import reason_in_words
from include.pipeline.aws.jobs import TRAINING_JOB
from include.pipeline.aws.polling import looks
from include.pipeline.errors import TrainingError
from include.pipeline.planning.training_request import named, time_limit

# As many as CloudWatch lists at once. An instance may have several: a spot job that goes on begins another.
_MAX_STREAMS = 50
_OF_LOGS = frozenset({"DescribeLogStreams", "GetLogEvents"})


class ResumableSageMakerTrainingOperator(TrainingStep, SageMakerTrainingOperator):
    """Runs a training job and shows its log from the first line.

    What the provider's operator lacks, `ResumableSageMakerJob` has; and the end is seen within a second, not
    after 30. Where it is deferrable, it waits for as long as the job itself may take.

    Args:
        config: The request of `CreateTrainingJob`, with the run's tags. SageMaker gives a job's name out
            once: where a job of that name has ended, the next is `<name>-2`, and so on.
        check_interval: Seconds between two looks at the job, at the most.
    """

    external_id_key = "training_job_name"
    job_kind = TRAINING_JOB
    trigger = TrainingJobTrigger
    operator_extra_links = (TrainingJobLink(),)
    template_fields: Sequence[str] = (*SageMakerTrainingOperator.template_fields, *TrainingStep.taken)

    @property
    def request(self) -> dict[str, Any]:
        """The request of `CreateTrainingJob`."""
        request: dict[str, Any] = self.config
        return request

    def create(self, name: str) -> None:
        """Start the job, once the provider has looked for its input."""
        request = named(self.request, name)
        self.hook.create_training_job(request, wait_for_completion=False, print_log=False)

    def longest(self, name: str) -> timedelta:
        """Tell how long to wait: as long as the job itself may take, and the task."""
        limit = time_limit(self.hook.describe_training_job(name)["StoppingCondition"])
        return min(limit, self.execution_timeout or limit)

    def follow(self, name: str, context: Context) -> dict[str, Any]:
        """Show the job's log until its end.

        Raises:
            TrainingError: The job failed or was stopped.
        """
        description = self.hook.describe_training_job(name)
        positions: dict[str, Any] = {}
        state = LogState.TAILING
        streams = _MAX_STREAMS
        for _ in looks(self.check_interval):
            try:
                state, description, _ = self.hook.describe_training_job_with_log(
                    name,
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
        result = self.get_job_result(name, context)
        self.log.info("Billable seconds: %d", result["Training"]["BillableTimeInSeconds"])
        return result

    def get_job_result(self, external_id: Any, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Describe the ended job; raise where it ended without a model."""
        description = self.hook.describe_training_job(external_id)
        # A job that ended before it trained has none.
        billed = timedelta(seconds=description.get("BillableTimeInSeconds", 0))
        self.count(external_id, "training", description["ResourceConfig"], billed)
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


def _reason(job: dict[str, Any]) -> str:
    # SageMaker gives none for a job that it stopped, at one of its limits or because it was asked to.
    last = job["SecondaryStatusTransitions"][-1].get("StatusMessage")
    reason: str = job.get("FailureReason") or last or "no reason given"
    return reason
