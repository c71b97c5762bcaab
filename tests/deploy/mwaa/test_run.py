"""A run of the tutorial's pipeline in Airflow as MWAA lays it out, with its Python where there is one."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.pipeline.documents.plan import PlanReference
from local_stack.airflow_api import AirflowApi
from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, USER, LocalStack
from local_stack.supervision.services import Services
from tests.deploy.mwaa.layout import THERE, mwaa_home
from tests.services.airflow_runs import end_of_run
from tests.services.local_aws_server import local_aws_server

START_SECONDS = 300
RUN_SECONDS = 600
# The local stack's own, which MWAA does not have.
NOT_OF_MWAA = {"PYTHONPATH", "AIRFLOW__AWS__SESSION_FACTORY"}


def environment(stack: LocalStack) -> dict[str, str]:
    """The local stack's settings, with MWAA's folders and programs."""
    kept = {name: value for name, value in stack.environment().items() if name not in NOT_OF_MWAA}
    return kept | {
        "PATH": f"{THERE.parent}:{kept['PATH']}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(stack.home / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(stack.home / "plugins"),
    }


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """MWAA's layout, beside a local AWS that runs with the project's own Python."""
    home = mwaa_home(tmp_path)
    stack = LocalStack(home, variables={"source_local_folder": str(SAMPLE.parent)})
    _ = stack.aws_key  # made at its first use
    options = ("--port", str(stack.local_aws_port), "--credentials-file", str(stack.aws_credentials))
    with local_aws_server(*options):
        yield stack


@pytest.mark.slow
@pytest.mark.stacks
@pytest.mark.timeout(START_SECONDS + RUN_SECONDS)
def test_a_run_is_green(stack: LocalStack) -> None:
    settings = environment(stack)
    migrate = [THERE, "-m", "airflow", "db", "migrate"]
    subprocess.run(migrate, env=settings, cwd=stack.home, check=True, capture_output=True)
    services = Services(settings, stack.service_logs, ("api_server", "scheduler", "dag_processor"))
    with services.running() as keeper, AirflowApi(stack.airflow_url, USER, stack.password) as airflow:
        deadline = time.monotonic() + START_SECONDS
        while not airflow.is_ready(DAG_ID):
            assert keeper.poll() is None, stack.service_logs
            assert time.monotonic() < deadline, stack.service_logs
            time.sleep(0.5)
        run = airflow.trigger(DAG_ID, {"data_url": SAMPLE.as_uri()})
        run = end_of_run(airflow, DAG_ID, run.dag_run_id, RUN_SECONDS)
        states = {task.task_id: task.state for task in airflow.tasks(DAG_ID, run.dag_run_id)}
        assert run.state == "success", states
        plan = PlanReference.model_validate(airflow.xcom(DAG_ID, run.dag_run_id, "plan_run"))
        left = LocalAwsClient(stack.aws_url, REGION, stack.aws_key).leftovers(plan.bucket)
        assert (left.endpoints, left.endpoint_configs, left.models) == (0, 0, 0)
        assert left.objects > 0
