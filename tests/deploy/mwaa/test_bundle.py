"""The bundle for MWAA, laid out as MWAA does, with its Python and packages where there is a Python 3.12."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deploy.mwaa.bundle import write_bundle
from tests.deploy.mwaa.layout import MWAA_PYTHON, THERE, mwaa_home
from tests.project import PROJECT

PIPELINES = {file.stem for file in (PROJECT / "include" / "datasets").glob("*.yaml")}
DAGS = {*PIPELINES, "bank_marketing_source", "delete_kept_endpoint", "sagemaker_janitor"}


def pins(lock: Path) -> dict[str, str]:
    """The version of each package of a lock."""
    found = re.findall(r"^([a-z0-9][a-z0-9.-]*)(?:\[.*\])?==(\S+)", lock.read_text(), re.MULTILINE)
    return dict(found)


def names(file: Path) -> set[str]:
    """The packages that an .in file names itself."""
    return set(re.findall(r"^([a-z0-9][a-z0-9-]*)", file.read_text(), re.MULTILINE))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return mwaa_home(tmp_path)


def asked(home: Path, *arguments: str) -> dict[str, Any]:
    """Ask a part of Airflow, with MWAA's settings and no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHON"))}
    told = subprocess.run(
        [THERE, PROJECT / "tests" / "deploy" / "mwaa" / "as_mwaa.py", *arguments],
        env=kept | {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


@pytest.mark.slow
def test_every_part_of_airflow_finds_dags_plugins_and_packages(home: Path) -> None:
    processor = asked(home, str(home / "dags"))
    assert processor["errors"] == {}
    assert set(processor["dags"]) >= DAGS
    assert processor["dags"]["bank_marketing"] > 10
    web_server = asked(home)
    for part in (processor, web_server):
        assert part["include"] == str(home / "plugins" / "include" / "__init__.py")
        assert {"deployment_id", "ended_runs", "model_metrics", "model_report", "run_notes"} <= set(
            part["plugins"]
        )
        assert part["refused"] == {}
        assert part["prefixes"] == ["/model_report"]
        assert part["title"]
        assert (part["python"] == [3, 12]) is (THERE == MWAA_PYTHON)


def test_what_is_installed_there_agrees() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "check", "--python", THERE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_mwaa_is_given_what_the_pipeline_needs_beside_airflow() -> None:
    production = names(PROJECT / "requirements-production.in")
    folder = PROJECT / "deploy" / "mwaa"
    brought = names(folder / "environment.in")
    # Whoever has Slack told adds its provider: docs/notices.md
    not_given = {"celery", "apache-airflow-providers-slack"}
    assert production - brought - not_given == names(folder / "requirements.in")
    environment, given = pins(folder / "environment.txt"), pins(folder / "requirements.txt")
    assert given.items() <= environment.items()
    assert names(folder / "requirements.in") <= set(given)
    # What MWAA lets nobody change, of its image of Airflow 3.3.1.
    # https://github.com/aws/amazon-mwaa-docker-images, etc/mwaa_essential_constraints.txt, August 2026
    fixed = {"apache-airflow": "3.3.1", "celery": "5.6.3", "flask": "3.1.3", "sqlalchemy": "2.0.51"}
    assert fixed.items() <= environment.items()
    # The models of local AWS and of the tests are made by it.
    assert environment["xgboost-cpu"] == pins(PROJECT / "requirements.txt")["xgboost-cpu"]


def test_the_bundle_has_the_projects_files_and_is_the_same_each_time(tmp_path: Path) -> None:
    limits = tmp_path / "limits.yaml"
    limits.write_text("bank_marketing: {}\n")
    one, two = (write_bundle(tmp_path / name, limits)[1].read_bytes() for name in ("one", "two"))
    assert one == two
    with zipfile.ZipFile(tmp_path / "one" / "plugins.zip") as archive:
        found = set(archive.namelist())
        assert archive.read("limits.yaml") == limits.read_bytes()
    assert {".airflowignore", "include/datasets/bank_marketing.yaml", "plugins/model_report/app.py"} <= found
    assert not [name for name in found if "__pycache__" in name or name.startswith(("local_aws", "tests"))]
    assert {file.name for file in (tmp_path / "one" / "dags").iterdir()} == {
        file.name for file in (PROJECT / "dags").glob("*.py")
    }


@pytest.mark.parametrize("there", [True, False])
def test_the_startup_script_names_the_limits_where_there_are_some(there: bool, tmp_path: Path) -> None:
    script = (PROJECT / "deploy" / "mwaa" / "startup.sh").read_text()
    script = script.replace("/usr/local/airflow", str(tmp_path))
    limits = tmp_path / "plugins" / "limits.yaml"
    limits.parent.mkdir()
    if there:
        limits.touch()
    told = subprocess.run(
        ["/bin/bash", "-euc", f'{script}\necho "$MPLCONFIGDIR:${{PIPELINE_LIMITS_FILE:-}}"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == f"/tmp/matplotlib:{limits if there else ''}"  # noqa: S108 - MWAA's own
