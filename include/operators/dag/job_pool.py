"""How many jobs of SageMaker's all pipelines together have at a time: the slots of one of Airflow's pools."""

import os

JOB_POOL = "PIPELINE_JOB_POOL"
"""The environment variable that names the pool, which has to be there."""


def job_pool() -> str:
    """Name the pool of the tasks that run jobs: Airflow's own, which all tasks share, where none is named."""
    return os.environ.get(JOB_POOL) or "default_pool"
