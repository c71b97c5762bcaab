import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PROJECT

pytestmark = pytest.mark.slow

# As Airflow's processes do it, each of them.
LOAD = """
import json, sys
from airflow import plugins_manager
before = set(sys.modules)
plugins, errors = plugins_manager._get_plugins()
views, _ = plugins_manager._get_ui_plugins()
print(json.dumps([[plugin.name for plugin in plugins], errors, views, sorted(set(sys.modules) - before)]))
"""

FIRST_ANSWER = """
import asyncio, json, sys
from plugins.model_report.waiting import answer, page_behind
sent = []
async def send(message):
    sent.append(message)
scope = {
    "type": "http", "path": "/model_report/open/run", "query_string": b"dag_id=a&run_id=%22%3E%3Cscript%3E"
}
assert page_behind(scope | {"path": "/model_report/run"}) is None
assert page_behind(scope | {"path": "/model_report/open/else"}) is None
assert page_behind(scope | {"path": "/model_report/open/compare"}) == "compare"
asyncio.run(answer(scope, send, page_behind(scope)))
print(json.dumps([sent[0]["status"], sent[1]["body"].decode(), list(sys.modules)]))
"""


def test_every_process_loads_the_plugins_and_nothing_heavy_with_them(tmp_path: Path) -> None:
    loaded = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD],
        env={
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "PATH": "",
            "PYTHONPATH": str(PROJECT),
        },
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    names, errors, views, modules = json.loads(loaded.stdout.splitlines()[-1])
    assert set(names) == {"deployment_id", "ended_runs", "model_metrics", "model_report", "run_notes"}
    assert errors == {}
    assert {(view["name"], view["destination"]) for view in views} == {
        ("Model report", "dag_run"),
        ("Models", "nav"),
    }
    # Where Airflow is served below a path, an absolute address would leave it.
    assert not any(view["href"].startswith(("/", "http")) for view in views)
    assert "airflow_plugin" in modules
    heavy = {"boto3", "fastapi", "jinja2", "matplotlib", "numpy", "pandas", "plugins", "starlette"}
    assert heavy.isdisjoint(name.partition(".")[0] for name in modules)
    assert {name for name in modules if name.startswith("include.")} == {"include.airflow_names"}


def test_the_first_answer_is_an_outline_and_needs_nothing_heavy() -> None:
    answered = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FIRST_ANSWER],
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
    )
    status, body, modules = json.loads(answered.stdout)
    assert status == 200
    assert 'content="0;url=../run?dag_id=a&amp;run_id=%22%3E%3Cscript%3E"' in body
    assert "Runs and figures are being read" in body
    assert {"boto3", "fastapi", "jinja2", "include.pipeline"}.isdisjoint(modules)
