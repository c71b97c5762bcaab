"""The id of an Airflow, made in a database of Airflow's own kind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow import settings
from airflow.jobs.job import Job
from airflow.models.base import Base
from airflow.models.variable import Variable
from airflow.utils.db import import_all_models
from airflow.utils.session import create_session
from sqlalchemy import delete, text

from include.airflow_names import DEPLOYMENT_ID
from include.pipeline.aws.deployment_id import check_deployment_id
from plugins.deployment_id.airflow_plugin import DeploymentId, make_deployment_id
from tests.project import PROJECT
from tests.services.airflow_database import airflow_database

pytestmark = pytest.mark.slow

COMPONENTS = 3
# What a component of Airflow does when it starts. None makes an id before all have found that there is none.
_START = """
import os, pathlib, sys, time
from airflow.models.variable import Variable
from plugins.deployment_id import airflow_plugin
folder, components, look = pathlib.Path(sys.argv[1]), int(sys.argv[2]), Variable.get
def look_and_wait(*arguments, **options):
    found = look(*arguments, **options)
    (folder / str(os.getpid())).touch()
    while len(list(folder.iterdir())) < components:
        time.sleep(0.01)
    return found
Variable.get = look_and_wait
airflow_plugin.make_deployment_id()
print(look("sagemaker_deployment_id"))
"""
_MAKE_TABLES = """
from airflow import settings
from airflow.models.base import Base
from airflow.utils.db import import_all_models
import_all_models()
Base.metadata.create_all(settings.engine)
"""


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Airflow's tables, empty, and no id from the environment."""
    monkeypatch.delenv("AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID")
    import_all_models()
    Base.metadata.create_all(settings.engine)
    yield
    with create_session() as session:
        session.execute(delete(Variable))
    Base.metadata.drop_all(settings.engine)


def kept() -> str | None:
    found: str | None = Variable.get(DEPLOYMENT_ID, default_var=None)
    return found


@pytest.mark.usefixtures("database")
def test_the_first_start_makes_an_id_and_later_ones_keep_it() -> None:
    assert kept() is None
    for _ in range(3):
        DeploymentId().on_starting(Job())
    made = kept()
    assert made is not None
    assert check_deployment_id(made) == made
    DeploymentId().on_starting(Job())
    assert kept() == made


@pytest.mark.usefixtures("database")
def test_what_an_administrator_has_set_stays() -> None:
    Variable.set(DEPLOYMENT_ID, "prod")
    DeploymentId().on_starting(Job())
    assert kept() == "prod"


@pytest.mark.usefixtures("database")
def test_a_restored_database_takes_another_id_as_the_docs_say() -> None:
    DeploymentId().on_starting(Job())
    docs = (PROJECT / "docs" / "deployments.md").read_text(encoding="utf-8")
    (statement,) = (line.strip() for line in docs.splitlines() if line.strip().startswith("UPDATE "))
    with create_session() as session:
        session.execute(text(statement))
    assert kept() == "dev"


@pytest.mark.usefixtures("database")
def test_an_id_of_the_environment_is_not_put_into_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID", "staging")
    make_deployment_id()
    assert kept() == "staging"
    monkeypatch.delenv("AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID")
    assert kept() is None


@pytest.mark.usefixtures("database")
def test_the_process_of_a_task_which_has_no_database_makes_none() -> None:
    DeploymentId().on_starting(SimpleNamespace())
    assert kept() is None


def test_components_that_start_at_the_same_time_for_the_first_time_agree(tmp_path: Path) -> None:
    with airflow_database() as url:
        environment = {name: value for name, value in os.environ.items() if "DEPLOYMENT_ID" not in name}
        environment |= {
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
            "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            "PYTHONPATH": str(PROJECT),
        }

        def python(script: str, *arguments: str) -> str:
            command = [sys.executable, "-c", script, *arguments]
            done = subprocess.run(
                command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
            )
            return done.stdout.strip().rpartition("\n")[2]

        python(_MAKE_TABLES)
        with ThreadPoolExecutor(COMPONENTS) as pool:
            start = partial(python, _START, str(tmp_path), str(COMPONENTS))
            made = list(pool.map(lambda _: start(), range(COMPONENTS)))
    assert len(set(made)) == 1
    assert check_deployment_id(made[0])
