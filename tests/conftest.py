"""Keeps the tests away from the Airflow and the AWS account of whoever runs them."""

import os
import tempfile
from functools import cache

import botocore.session
import pytest
from hypothesis import settings

from include.processes.process_start import collect_rarely, remember_callers
from tests.project import DEPLOYMENT_ID
from tests.thirds import THIRDS, files_of_third, leave_out

collect_rarely()
remember_callers()
# Else each session of each test finds and parses AWS's models anew.
botocore.session.create_loader = cache(botocore.session.create_loader)
# How long an example takes depends on what else the machine does.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
# Read when Airflow is first imported, hence here and not in a fixture.
_home = tempfile.TemporaryDirectory(prefix="airflow-test-")
for name in [name for name in os.environ if name.startswith(("AIRFLOW", "AWS_"))]:
    del os.environ[name]
os.environ |= {
    "AIRFLOW_HOME": _home.name,
    "AIRFLOW__AWS__SESSION_FACTORY": "include.processes.aws_sessions.SharedModelsSessionFactory",
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "True",
    "AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID": DEPLOYMENT_ID,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--third", type=int, choices=THIRDS, help="of the tests that are marked `faults` or `stacks`"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files that wait come first: what is left at the end is short, so that none waits for another's."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if third := config.getoption("third"):
        stacks = [item for item in items if item.get_closest_marker("stacks")]
        files = files_of_third((item.path for item in stacks), third)
        leave_out({item for item in stacks if item.path not in files}, items, config)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """CI has all that the tests need, so a skip there hides something."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # The processes that run tests in parallel have no reporter.
    if (
        os.environ.get("CI")
        and exitstatus == pytest.ExitCode.OK
        and reporter
        and reporter.stats.get("skipped")
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
