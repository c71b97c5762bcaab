"""The tasks that use a model, by faults: what docs/reliability.md promises is what happens."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pandas as pd
import pytest

from include.airflow_names import END_SHADOW
from include.pipeline.aws.jobs import TRANSFORM_JOB
from include.pipeline.planning.names import run_key
from local_stack.demo import DAG_ID
from tests.faults.cell import Cell
from tests.faults.champion import Champion
from tests.faults.faulty_stack import FaultyStack
from tests.faults.matrix import RUN_SECONDS
from tests.faults.model_use import (
    ROLLBACK,
    SCORE,
    SERVE,
    SERVE_SHADOWED,
    Seen,
    begin_model,
    documented,
    observe,
    rows_of,
    scored,
)
from tests.faults.pipelines import SHADOWED, TUNED
from tests.project import DEPLOYMENT_ID

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(3600)]

PROMISED = documented()
TUNING = [cell for cell in PROMISED if cell.dag_id == TUNED]
SCORING = [cell for cell in PROMISED if cell.dag_id == SCORE]
GOING_BACK = [cell for cell in PROMISED if cell.dag_id == ROLLBACK]
PROMOTING = [cell for cell in PROMISED if cell.dag_id == SERVE]
SHADOWING = [cell for cell in PROMISED if cell.dag_id == SERVE_SHADOWED]


@pytest.fixture(scope="module")
def models(stack: FaultyStack) -> tuple[str, str]:
    """The runs of two accepted models, the better of which is the newer."""
    return two_models(stack, DAG_ID)


def two_models(stack: FaultyStack, pipeline: str) -> tuple[str, str]:
    worse, better = begin_model(stack, "worse", 2, pipeline), begin_model(stack, "better", 40, pipeline)
    for run_id in (worse, better):
        assert stack.user.wait(run_id, RUN_SECONDS, pipeline).state == "success"
    return worse, better


def promote(stack: FaultyStack, run_id: str, pipeline: str) -> str:
    """Have the model of a run take over; returns the version that is served then."""
    dag_id = f"{pipeline}_serve"
    stack.user.trigger(f"promote__{run_id}", {"run": run_id}, dag_id)
    assert stack.user.wait(f"promote__{run_id}", RUN_SECONDS, dag_id).state == "success"
    return Champion(stack, pipeline).served()


@pytest.fixture(scope="module")
def scorings(
    stack: FaultyStack, models: tuple[str, str], request: pytest.FixtureRequest
) -> Iterator[dict[Cell | None, Future[Seen]]]:
    """The selected cells of the DAG that scores, at the same time; under None, a run without a fault."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = {item.callspec.params.get("scoring") for item in items if "scoring" in item.fixturenames}
    _, model = models

    def score_all() -> None:
        conf = {"data_url": rows_of(stack, len(SCORING)), "model": model}
        stack.user.trigger("reference", conf, SCORE)
        assert stack.user.wait("reference", RUN_SECONDS, SCORE).state == "success"

    with ThreadPoolExecutor(4) as pool:
        started = {None: pool.submit(score_all)} if chosen else {}
        started |= {
            cell: pool.submit(observe, stack, cell, {"data_url": rows_of(stack, number), "model": model})
            for number, cell in enumerate(SCORING)
            if cell in chosen
        }
        yield started


@pytest.fixture(scope="module")
def tunings(stack: FaultyStack, request: pytest.FixtureRequest) -> Iterator[dict[Cell, Future[Seen]]]:
    """The selected cells of the pipeline that has a tuning job, two at a time."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = {item.callspec.params.get("tuning") for item in items if "tuning" in item.fixturenames}
    # Else one run would wait for the model of another.
    conf = {"force_retrain": True}
    with ThreadPoolExecutor(2) as pool:
        yield {cell: pool.submit(observe, stack, cell, conf) for cell in TUNING if cell in chosen}


@pytest.fixture(scope="module")
def versions(stack: FaultyStack, models: tuple[str, str], scorings: object) -> tuple[str, str]:  # noqa: ARG001
    """The endpoint's two versions, the better of which serves; the other cells go on meanwhile."""
    worse, better = (promote(stack, run_id, DAG_ID) for run_id in models)
    assert worse != better
    return worse, better


@pytest.fixture(scope="module")
def shadowed(stack: FaultyStack) -> str:
    """The version that serves where models are in its shadow first: the worse of two."""
    worse, _ = two_models(stack, SHADOWED)
    return promote(stack, worse, SHADOWED)


def assert_it_gave_what_is_promised(seen: Seen, cell: Cell, old: str, new: str) -> None:
    goes_on = PROMISED[cell] == "fails, new serves"
    assert seen.outcome == ("fails, clean" if goes_on else PROMISED[cell])
    failed = seen.outcome == "fails, clean"
    assert seen.left == (old if failed and not goes_on else new)
    assert seen.retry_state == ("success" if failed else None)


def assert_the_old_serves_until_the_new_one_does(champion: Champion, cell: Cell, old: str) -> str:
    champion.serve(old)
    champion.forget(old)
    seen = observe(champion.stack, cell, {})
    new = run_key(DEPLOYMENT_ID, cell.dag_id, seen.run.run_id)
    assert_it_gave_what_is_promised(seen, cell, old=old, new=new)
    assert champion.served() == new
    return seen.run.run_id


# First, as those that promote forget the version that was before.
@pytest.mark.parametrize("case", GOING_BACK, ids=str)
def test_a_fault_on_the_way_back(case: Cell, stack: FaultyStack, versions: tuple[str, str]) -> None:
    before, current = versions
    champion = Champion(stack)
    champion.serve(current)
    seen = observe(stack, case, {})
    assert_it_gave_what_is_promised(seen, case, old=current, new=before)
    assert champion.served() == before


@pytest.mark.parametrize("case", PROMOTING, ids=str)
def test_a_fault_in_a_promotion(case: Cell, stack: FaultyStack, versions: tuple[str, str]) -> None:
    old, _ = versions
    assert_the_old_serves_until_the_new_one_does(Champion(stack), case, old)


@pytest.mark.parametrize("case", SHADOWING, ids=str)
def test_a_fault_where_a_promotion_puts_its_model_into_the_shadow(
    case: Cell, stack: FaultyStack, shadowed: str
) -> None:
    run_id = assert_the_old_serves_until_the_new_one_does(Champion(stack, SHADOWED), case, shadowed)
    assert stack.user.task(run_id, END_SHADOW, SERVE_SHADOWED).state == "success"


@pytest.mark.parametrize("scoring", SCORING, ids=str)
def test_a_fault_while_rows_are_scored(
    scoring: Cell, stack: FaultyStack, scorings: dict[Cell | None, Future[Seen]]
) -> None:
    seen = scorings[scoring].result()
    assert seen.outcome == PROMISED[scoring]
    assert seen.left == []
    assert seen.retry_state == ("success" if seen.outcome == "fails, clean" else None)
    assert seen.run.billing() == []
    assert len(seen.transform_jobs) <= 1, "a job was bought twice"
    # A mark may come when the job has just ended. A run that is cleared scores anew.
    before = seen.transform_jobs if seen.retry_state else []
    ended = seen.run.jobs(TRANSFORM_JOB)
    assert ended.count("Completed") - before.count("Completed") == 1, "a job was bought twice"
    assert len(ended) <= len(before) + 1
    scorings[None].result()
    found, whole = scored(stack, seen.run.run_id), scored(stack, "reference")
    pd.testing.assert_frame_equal(found, whole.head(len(found)))
    assert len(found) > 100


@pytest.mark.parametrize("tuning", TUNING, ids=str)
def test_a_fault_while_hyperparameters_are_tuned(tuning: Cell, tunings: dict[Cell, Future[Seen]]) -> None:
    seen = tunings[tuning].result()
    assert seen.outcome == PROMISED[tuning]
    assert seen.left == []
    assert seen.retry_state == ("success" if seen.outcome == "fails, clean" else None)
    assert seen.run.billing() == []
    assert len(seen.trials) <= 1
    trials = seen.run.trials()
    if tuning.is_deferred and seen.retry_state:
        # It may have ended before the triggerer or the teardown stops it. A run that is cleared trains anew.
        trials = {name: found for name, found in trials.items() if name not in seen.trials}
    # One that was stopped with its task is the only other. Trials of it may have ended before.
    done = [name for name in trials if name.endswith(" Completed")]
    assert [trials[name] for name in done] == [["Completed"] * 3], "a job was bought twice"
    stopped = {name: found for name, found in trials.items() if name.endswith(" Stopped")}
    assert set(trials) == {*done, *stopped}
    assert {status for found in stopped.values() for status in found} <= {"Stopped", "Completed"}
    assert len(trials) <= (2 if tuning.fault == "marked failed" else 1)
