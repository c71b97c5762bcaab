"""The split of a table: by a processing job that a retry finds again, or on the worker where it is small."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.amazon.aws.operators.sagemaker import SageMakerProcessingOperator
from airflow.sdk import Context

from include.airflow_names import DOWNLOAD_DATA, PLAN_RUN
from include.operators.connection import s3_of
from include.operators.dag.links import ProcessingJobLink
from include.operators.reuse import skip_for
from include.operators.sagemaker.resumable_job import ResumableSageMakerJob
from include.operators.sagemaker.triggers import ProcessingJobTrigger
from include.operators.tasks import split_here
from include.pipeline.aws.jobs import PROCESSING_JOB, create_job
from include.pipeline.documents.plan import RunPlan
from include.pipeline.documents.raw_data import RawData


class SplitDataOperator(ResumableSageMakerJob, SageMakerProcessingOperator):
    """Splits a large table by a processing job, and any other on the worker, with the same code.

    What the provider's operator lacks, `ResumableSageMakerJob` has. And: the job runs this project's code, as
    it is on the worker; what the job refuses, the task refuses in the same words.

    Args:
        config: The request of `CreateProcessingJob`, with the run's tags and without inputs. SageMaker gives
            a job's name out once: where a job of that name has ended, the next is `<name>-2`, and so on.
        plan: A `RunPlan`.
        raw: A `RawData`.
        reused: A `ReusedModel`: its split is the answer, and the task is skipped. None splits.
        above_bytes: A file that has no more is split on the worker.
        max_bytes: That the file may have once it is unpacked.
        check_interval: Seconds between two looks at the job, at the most.
    """

    external_id_key = "processing_job_name"
    job_kind = PROCESSING_JOB
    trigger = ProcessingJobTrigger
    operator_extra_links = (ProcessingJobLink(),)
    template_fields: Sequence[str] = (*SageMakerProcessingOperator.template_fields, "plan", "raw", "reused")

    def __init__(
        self,
        *,
        plan: dict[str, Any],
        raw: dict[str, Any],
        above_bytes: int,
        max_bytes: int,
        reused: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.raw = raw
        self.reused = reused
        self.above_bytes = above_bytes
        self.max_bytes = max_bytes

    @property
    def request(self) -> dict[str, Any]:
        """The request of `CreateProcessingJob`."""
        request: dict[str, Any] = self.config
        return request

    def execute(self, context: Context) -> dict[str, Any]:
        """Split the table here, or start or find the job and wait for its end.

        Returns:
            A `Split`.

        Raises:
            ProcessingError: The job failed or was stopped.
            PipelineError: The table is refused, by the job or here.
            OwnerError: The request has no tags of a run, or those of another Airflow's.
            AirflowSkipException: There is a model to use again.
            AirflowFailException: The task was ended meanwhile.
        """
        if self.reused:
            skip_for(self.reused, context["ti"], self.reused["split"])
        raw = RawData.read(self.raw, DOWNLOAD_DATA)
        if raw.bytes <= self.above_bytes:
            return split_here(self._run, raw)
        self.log.info("%d bytes are above %d: a processing job splits them", raw.bytes, self.above_bytes)
        self.tag_for(context)
        result: dict[str, Any] = self.execute_resumable(context)
        return result

    def create(self, name: str) -> None:
        """Start the job, once all that it gets is in the run's bucket."""
        # pandas and scikit-learn would cost seconds at every parse of a DAG.
        from include.pipeline.data.processing.sending import completed, send  # noqa: PLC0415

        raw = RawData.read(self.raw, DOWNLOAD_DATA)
        sent = send(s3_of(self._run), self._run, raw, max_bytes=self.max_bytes)
        request = completed(self.request, sent) | {PROCESSING_JOB.name_member: name}
        create_job(self.hook.conn, PROCESSING_JOB, request)

    def follow(self, name: str, context: Context) -> dict[str, Any]:
        """Look at the job until its end.

        Raises:
            ProcessingError: It failed or was stopped.
            PipelineError: It refuses the table.
        """
        for _ in self.states(name):
            pass
        return self.get_job_result(name, context)

    def get_job_result(self, external_id: Any, context: Context) -> dict[str, Any]:  # noqa: ARG002
        """Read what the ended job has made; raise where it made nothing."""
        from include.pipeline.data.processing.result import failure_of, split_of, time_of  # noqa: PLC0415

        job = self.hook.describe_processing_job(external_id)
        if time := time_of(job):
            self.count(external_id, "processing", job["ProcessingResources"]["ClusterConfig"], time)
        if not self.is_job_succeeded(job[PROCESSING_JOB.status_member]):
            raise failure_of(job, self.hook.conn_partition)
        split = split_of(s3_of(self._run), self._run, job)
        self.log.info("%d rows to train on, %d to test on", split.train_rows, split.test_rows)
        return split.model_dump(mode="json")

    @property
    def _run(self) -> RunPlan:
        return RunPlan.read(self.plan, PLAN_RUN)
