"""A tuning job that a retry finds again instead of buying a second one."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerTuningOperator
from airflow.sdk import Context

from include.operators.dag.links import TuningJobLink
from include.operators.sagemaker.training_step import TrainingStep
from include.operators.sagemaker.triggers import TuningJobTrigger
from include.pipeline.aws.error_words import reason_in_words
from include.pipeline.aws.jobs import TUNING_JOB
from include.pipeline.documents.training.tuning import Tuning
from include.pipeline.errors import TrainingError


class ResumableSageMakerTuningOperator(TrainingStep, SageMakerTuningOperator):
    """Runs a tuning job, and answers with the best of its training jobs.

    What the provider's operator lacks, `ResumableSageMakerJob` has. And: a job that was stopped, or none of
    whose training jobs has a model, fails the task; what all of them are billed for is counted.

    Args:
        config: The request of `CreateHyperParameterTuningJob`, with the run's tags. SageMaker gives a job's
            name out once: where a job of that name has ended, the next is `<name>-2`, and so on.
        check_interval: Seconds between two looks at the job, at the most.
    """

    external_id_key = "tuning_job_name"
    job_kind = TUNING_JOB
    trigger = TuningJobTrigger
    operator_extra_links = (TuningJobLink(),)
    template_fields: Sequence[str] = (*SageMakerTuningOperator.template_fields, *TrainingStep.taken)

    @property
    def request(self) -> dict[str, Any]:
        """The request of `CreateHyperParameterTuningJob`."""
        request: dict[str, Any] = self.config
        return request

    def create(self, name: str) -> None:
        """Start the job, once the provider has looked for its input."""
        self.hook.create_tuning_job({**self.request, TUNING_JOB.name_member: name}, wait_for_completion=False)

    def follow(self, name: str, context: Context) -> dict[str, Any]:
        """Tell how many training jobs have ended, and which is the best so far, until all have.

        Raises:
            TrainingError: The job failed or was stopped.
        """
        told = ""
        for job in self.descriptions(name):
            if (line := _progress(job)) != told:
                told = line
                self.log.info("%s", line)
        return self.get_job_result(name, context)

    def get_job_result(self, external_id: Any, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Describe the ended job; raise where it ended without a model."""
        job = self.hook.describe_tuning_job(external_id)
        tuning = Tuning.describe(self.hook.conn, external_id)
        billed = timedelta(seconds=tuning.billable_seconds)
        self.count(external_id, "training", job["TrainingJobDefinition"]["ResourceConfig"], billed)
        status = job[TUNING_JOB.status_member]
        if not self.is_job_succeeded(status) or tuning.best is None:
            reason = _reason(job, tuning)
            words = reason_in_words(reason, self.hook.conn_partition)
            raise TrainingError(
                f"tuning job {external_id!r} ended as {status}: {reason}",
                f"a tuning job ends as Completed, with a training job that has {tuning.metric}",
                f"{words.mend if words else 'Mend what the reason names'}; the logs of its training jobs are "
                f"in CloudWatch, group {TUNING_JOB.log_group}, streams {external_id}-001 and on",
            )
        self.log.info("Billable seconds: %d", tuning.billable_seconds)
        return {**self.serialize_result(tuning.best), "Tuning": {TUNING_JOB.name_member: external_id}}


def _reason(job: dict[str, Any], tuning: Tuning) -> str:
    ended_well = job[TUNING_JOB.status_member] == "Completed"
    told = f"no training job has {tuning.metric}" if ended_well else "no reason given"
    # SageMaker's own reason only says that those of the training jobs are to be read.
    failed = next((f"; of {each.job_name}: {each.failure}" for each in tuning.trials if each.failure), "")
    return f"{job.get('FailureReason') or told}{failed}"


def _progress(job: dict[str, Any]) -> str:
    counts = job["TrainingJobStatusCounters"]
    ended = sum(counts[each] for each in ("Completed", "NonRetryableError", "Stopped"))
    most = job["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxNumberOfTrainingJobs"]
    line = f"{job[TUNING_JOB.status_member]}: {ended} of {most} training jobs have ended"
    if best := job.get("BestTrainingJob"):
        metric = best["FinalHyperParameterTuningJobObjectiveMetric"]
        values = ", ".join(f"{name} = {value}" for name, value in best["TunedHyperParameters"].items())
        line += f"; the best {metric['MetricName']} is {metric['Value']:.5g}, by {values}"
    return line
