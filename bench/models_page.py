"""The pages in Airflow with 500 runs: seconds until the first byte, and requests to AWS for them.

Airflow's own API server answers in this process, with the runs in a database of its own; local AWS has what
they stored. A page is one piece, so its first byte comes with its last.
"""

import os
import statistics
import tempfile
import time
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.figures import Figure, show
from tests.aws.clients import Aws
from tests.aws.connection import connect
from tests.services.local_aws_server import local_aws_server

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

_RUNS = 500
_ROUNDS = 9
_TESTS = "tests.plugins.model_report"


def count_requests(patch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by each operation that Airflow's clients of AWS ask for."""
    hook = import_module("airflow.providers.amazon.aws.hooks.base_aws").AwsBaseHook
    asked: list[str] = []
    make = hook.get_client_type

    def client(*arguments: Any, **named: Any) -> Any:
        made = make(*arguments, **named)
        made.meta.events.register("before-call", lambda model, **_: asked.append(model.name))
        return made

    patch.setattr(hook, "get_client_type", client)
    return asked


def add_runs(s3: Any) -> Any:
    """Make runs that have passed their gate; return the newest, which has a report."""
    runs, evaluations = import_module(f"{_TESTS}.pipeline_runs"), import_module(f"{_TESTS}.evaluations")
    for i in range(_RUNS):
        run = runs.add_run(s3, f"run_{i:03}", run_after=runs.FIRST_RUN + timedelta(hours=i))
        run.keep(evaluation=evaluations.evaluation_of(roc_auc=0.7 + i / 10_000))
    return run.keep(report="x" * 1_000_000)


def measured(name: str, ask: "Callable[[], httpx.Response]", asked: list[str], most: int) -> list[Figure]:
    """Ask for a page again and again.

    Args:
        name: Of the page.
        ask: Asks for it.
        asked: Grows by each request to AWS.
        most: As many of these a page may make.

    Raises:
        SystemExit: The page is not there.
    """
    seconds = []
    for _ in range(_ROUNDS + 1):
        asked.clear()
        begin = time.perf_counter()
        answer = ask()
        seconds.append(time.perf_counter() - begin)
        if answer.is_error:
            raise SystemExit(f"{name}: {answer.status_code}")
    first, *others = seconds
    return [
        Figure(f"{name}: first byte, of the first request", first, "s"),
        Figure(f"{name}: first byte", statistics.median(others), "s", at_most=0.5),
        Figure(f"{name}: to AWS", len(asked), "requests", at_most=most),
    ]


def main() -> None:
    """Print the figures: medians."""
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as dags,
        pytest.MonkeyPatch.context() as patch,
    ):
        # Read when Airflow is first imported.
        os.environ |= {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__UNIT_TEST_MODE": "True",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__AWS__SESSION_FACTORY": "include.processes.aws_sessions.SharedModelsSessionFactory",
            "AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID": "bench",
        }
        servers, pages = import_module(f"{_TESTS}.api_server"), import_module(f"{_TESTS}.browsing")
        with local_aws_server() as aws, servers.api_server(Path(dags)) as server:
            connect(patch, aws.url)
            newest = add_runs(Aws(aws.url).client("s3"))
            admin = servers.browser(server, "admin")
            asked = count_requests(patch)
            models = measured(f"Models with {_RUNS} runs", lambda: admin.get(pages.MODELS), asked, 3)
            report = measured("Model report", lambda: admin.get(pages.ALONE, params=newest.query), asked, 2)
            show([*models, *report])


if __name__ == "__main__":
    main()
