"""A person approves a model in the browser.

With SCREENSHOTS set to a folder, the picture of docs/registry.md goes there: `make screenshots`.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from local_stack.demo import DAG_ID, SAMPLE
from local_stack.results import LocalAwsClient
from local_stack.stack import REGION, USER
from tests.aws.waiting import wait_until
from tests.e2e.changed_project import changed_stack
from tests.e2e.running_stack import RunningStack
from tests.faults.airflow_user import AirflowUser
from tests.services.airflow_database import migrated_database
from tests.services.browser import SCALE, chromium, element, log_in, needs_chromium, take_picture
from tests.services.misbehaving_web import Answer, serving

pytestmark = [pytest.mark.slow, pytest.mark.stacks, pytest.mark.timeout(3000), needs_chromium]

REGISTRY = f"{DAG_ID}_registry"


def test_a_person_reads_the_figures_and_approves_with_a_note(tmp_path: Path) -> None:
    with migrated_database() as database_url, serving() as web:
        data_url = web.url("/bank.csv", Answer(SAMPLE.read_bytes()))
        fields = {"schedule": None, "watch": None, "registry": {"approval": "by a person"}}
        local = changed_stack(tmp_path, web, database_url, data_url, **fields)
        with local.running("local_aws", "api_server", "scheduler", "dag_processor", dag_id=DAG_ID) as airflow:
            wait_until(lambda: airflow.is_ready(REGISTRY))
            airflow.unpause(REGISTRY)
            stack = RunningStack(airflow, LocalAwsClient(local.aws_url, REGION, local.aws_key), local)
            assert stack.run({}).state.state == "success"
            (run,) = stack.airflow.runs(REGISTRY)
            user = AirflowUser(airflow)
            wait_until(
                lambda: user.tasks(run.dag_run_id, REGISTRY)["approve_model"].state == "awaiting_input"
            )
            page = f"/dags/{REGISTRY}/runs/{quote(run.dag_run_id)}/tasks/approve_model/required_actions"
            # As high as question and answer together.
            with chromium(width=1400, height=1350, scale=SCALE) as browser:
                log_in(browser, local.airflow_url, USER, local.password)
                browser.get(f"{local.airflow_url}{page}")
                assert "none approved yet" in element(browser, "main, body", "none approved yet").text
                element(browser, "input[name=element_note], textarea[name=element_note]").send_keys(
                    "As expected"
                )
                take_picture(browser, "approval")
                element(browser, "button", "Approve").click()
                finished = stack.finish(run, REGISTRY)
            assert finished.state.state == "success", finished.tasks
            sagemaker: Any = stack.aws.client("sagemaker")
            found = sagemaker.describe_model_package(ModelPackageName=finished.xcom("register_model")["arn"])
            assert found["ModelApprovalStatus"] == "Approved"
            assert found["ApprovalDescription"].endswith(": As expected")
