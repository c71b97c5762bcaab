"""Jobs that a test follows, and what Airflow remembers of them."""

from datetime import UTC, datetime
from typing import Any

from include.pipeline.aws.tags import RunTags
from tests.aws.clients import Aws
from tests.aws.lists import listed
from tests.aws.sagemaker_requests import HYPERPARAMETERS, training_request
from tests.aws.waiting import wait_until
from tests.project import DEPLOYMENT_ID

# Rounds of seconds, each one line in the log.
ENDLESS = {"num_round": "1000", "num_parallel_tree": "3000", "max_depth": "10"}

PLAN = RunTags(
    deployment_id=DEPLOYMENT_ID,
    dag_id="bank_marketing",
    run_id="manual__1",
    expires=datetime(2026, 11, 24, tzinfo=UTC),
)
# Of the same run, planned again after it was cleared.
NEXT_PLAN = PLAN.model_copy(update={"expires": datetime(2026, 11, 25, tzinfo=UTC)})


def planned_config(name: str, plan: RunTags = PLAN, **hyperparameters: str) -> dict[str, Any]:
    """Build the request for a job of a run's plan."""
    return training_request(name, HyperParameters=HYPERPARAMETERS | hyperparameters, Tags=plan.to_aws())


class TaskStateStore(dict[str, Any]):
    """What Airflow keeps between a task's tries."""

    def set(self, key: str, value: Any) -> None:
        self[key] = value


def jobs(aws: Aws, name: str) -> dict[str, str]:
    """List the status of each job with this in its name."""
    found = listed(aws.client("sagemaker"), "list_training_jobs", NameContains=name)
    return {job["TrainingJobName"]: job["TrainingJobStatus"] for job in found}


def wait_for(aws: Aws, name: str, status: str) -> None:
    """Wait until there is a job of this name and status."""
    wait_until(lambda: jobs(aws, name).get(name) == status)
