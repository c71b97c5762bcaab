"""The task that makes the run's model, by whichever kind of job."""

from typing import Any, ClassVar

from airflow.providers.amazon.aws.operators.sagemaker import serialize
from airflow.sdk import Context

from include.airflow_names import PLAN_RUN
from include.operators.reuse import skip_for
from include.operators.sagemaker.resumable_job import ResumableSageMakerJob
from include.pipeline.aws.jobs import TRAINING_JOB
from include.pipeline.documents.plan import RunPlan

_TOLD = (
    *("TrainingJobName", "TrainingJobArn", "TrainingJobStatus", "SecondaryStatus", "ModelArtifacts"),
    *("TrainingStartTime", "TrainingEndTime", "TrainingTimeInSeconds", "BillableTimeInSeconds"),
)


class TrainingStep(ResumableSageMakerJob):
    """Starts no job where a model is used again, and tells of the training job that made the model.

    Args:
        plan: A `RunPlan`, whose bucket the provider looks into before it asks for the job. None for a job
            whose data is not in a run's bucket.
        reused: A `ReusedModel`: its job is the answer, and the task is skipped. None trains.
    """

    taken: ClassVar[tuple[str, ...]] = ("plan", "reused")
    """Templates."""

    def __init__(
        self, *, plan: dict[str, Any] | None = None, reused: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.reused = reused

    def execute(self, context: Context) -> dict[str, Any]:
        """Start or find the job, wait for its end.

        Returns:
            `{"Training": ...}`, as the provider's operator does, with those members of DescribeTrainingJob
            that say which job it was and what became of it.

        Raises:
            TrainingError: The job failed or was stopped.
            OwnerError: The request has no tags of a run, or those of another Airflow's.
            AirflowSkipException: There is a model to use again.
            AirflowFailException: The task was ended meanwhile.
        """
        if self.reused:
            # Its page is the link's. A tuning job's is another, which there is none of this time.
            if self.job_kind is TRAINING_JOB:
                self._job_name = self.reused["job_name"]
            skip_for(self.reused, context["ti"], self.serialize_result(self.reused["job_name"]))
        if self.plan:
            RunPlan.read(self.plan, PLAN_RUN).own_bucket.guard(self.hook.s3_hook.conn)
        self.tag_for(context)
        result: dict[str, Any] = self.execute_resumable(context)
        return result

    def serialize_result(self, job_name: str) -> dict[str, Any]:
        """Take of what SageMaker says of a job what others ask for: the whole has ten thousand characters."""
        # The provider's operator of training jobs tells OpenLineage of it.
        self.serialized_training_data = serialize(self.hook.describe_training_job(job_name))
        described = self.serialized_training_data
        return {"Training": {name: described[name] for name in _TOLD if name in described}}
