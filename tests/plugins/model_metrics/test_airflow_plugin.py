"""What metrics are told of the model of a run that ends, against Airflow's own models and database."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

import httpx
import pytest
from airflow.models.dagrun import DagRun
from airflow.observability import stats
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from sqlalchemy import select

from plugins.model_metrics.airflow_plugin import ModelMetrics
from tests.plugins.model_report.evaluations import evaluation_of, of_numbers
from tests.plugins.model_report.pipeline_runs import DAG_ID, DONE, add_run, remove_runs

pytestmark = pytest.mark.slow

Sent = dict[str, float]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The gauges that were set, by name."""
    found: Sent = {}

    def keep(name: str, value: float, *, tags: dict[str, str]) -> None:
        assert tags == {"dag_id": DAG_ID}
        found[name] = value

    monkeypatch.setattr(stats, "gauge", keep)
    return found


@pytest.fixture
def runs(admin: httpx.Client) -> Iterator[Callable[..., Any]]:  # noqa: ARG001 - the database is there
    """Makes runs that are about to end: `runs("a_run", tasks={...})`."""
    yield partial(add_run, cast("Any", None), bucket=None, state="running")
    remove_runs()


def end(run_id: str, state: DagRunState) -> None:
    """End a run as the scheduler does, which then tells the listeners."""
    with create_session() as session:
        run = session.scalars(select(DagRun).where(DagRun.dag_id == DAG_ID, DagRun.run_id == run_id)).one()
        run.set_state(state)
        run.notify_dagrun_state_changed(msg="")


def listed(**figures: Any) -> Any:
    return evaluation_of(**figures).listed().model_dump(mode="json")


def test_the_figures_of_a_model_that_has_passed(runs: Callable[..., Any], sent: Sent) -> None:
    runs("passed").tell(listed(roc_auc=0.78, precision=None))
    end("passed", DagRunState.SUCCESS)
    assert sent["model.passed"] == 1
    assert sent["model.roc_auc"] == 0.78
    assert "model.precision" not in sent
    assert {"model.accuracy", "model.f1", "model.average_precision"} <= set(sent)


def test_the_figures_of_one_that_has_not(runs: Callable[..., Any], sent: Sent) -> None:
    runs("bad", tasks=DONE | {"check_quality": "failed"}).tell(listed(roc_auc=0.5))
    end("bad", DagRunState.FAILED)
    assert (sent["model.passed"], sent["model.roc_auc"]) == (0, 0.5)


def test_a_model_of_numbers_has_its_own_figures(runs: Callable[..., Any], sent: Sent) -> None:
    evaluation, _ = of_numbers(noise=3)
    runs("numbers").tell(evaluation.listed().model_dump(mode="json"))
    end("numbers", DagRunState.SUCCESS)
    assert sent["model.rmse"] == evaluation.rmse
    assert "model.roc_auc" not in sent


@pytest.mark.parametrize("told", [None, "x", 7, {"roc_auc": "nan"}, {"rows": -1}])
def test_what_is_no_document_is_not_told(told: Any, runs: Callable[..., Any], sent: Sent) -> None:
    runs("hostile").tell(told)
    end("hostile", DagRunState.SUCCESS)
    assert sent == {}


def test_a_run_without_a_verdict_tells_nothing(runs: Callable[..., Any], sent: Sent) -> None:
    runs("cleared", tasks=DONE | {"check_quality": "upstream_failed"}).tell(listed())
    end("cleared", DagRunState.FAILED)
    unbound = DagRun(dag_id=DAG_ID, run_id="bound_to_none")
    ModelMetrics().on_dag_run_success(unbound)
    ModelMetrics().on_dag_run_failed(unbound)
    assert sent == {}
