"""The split of the table: on the worker, or by a job where the YAML asks for one and the table is large."""

from typing import TYPE_CHECKING, Any

from include import airflow_names
from include.operators import tasks
from include.operators.dag.job_pool import job_pool
from include.operators.held_plan import PLAN
from include.operators.returned import RAW, REUSED
from include.operators.sagemaker.processing import SplitDataOperator
from include.pipeline.planning.training_request import time_limit

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig


def split(config: "PipelineConfig") -> Any:
    """Make the step that splits the table."""
    job = config.processing
    if job is None:
        return tasks.split_data(PLAN, RAW, REUSED)
    return SplitDataOperator(
        task_id=airflow_names.SPLIT_DATA,
        config=PLAN["processing"],
        plan=PLAN,
        raw=RAW,
        reused=REUSED,
        above_bytes=job.above_bytes,
        max_bytes=config.max_source_bytes,
        check_interval=15,
        execution_timeout=time_limit({"MaxRuntimeInSeconds": job.max_runtime_seconds}),
        pool=job_pool(),
    )
