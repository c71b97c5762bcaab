"""Several algorithms, of which a fault strikes one or all: what docs/reliability.md promises happens."""

import html
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.training.contenders import contender_key
from include.pipeline.documents.training.contest import ContenderResult
from tests.faults.aftermath import Aftermath
from tests.faults.cell import Cell
from tests.faults.contenders import (
    ALGORITHMS,
    CONF,
    OTHER,
    STRUCK,
    Seen,
    documented,
    jobs_of,
    observe,
)
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import Errors, Target
from tests.faults.matrix import RUN_SECONDS
from tests.faults.pipelines import CONTENDING

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(3600)]

PROMISED = documented()


@pytest.fixture(scope="module")
def reference(stack: FaultyStack) -> RunManifest:
    """Of a run without a fault."""
    stack.user.trigger("reference", CONF, CONTENDING)
    assert stack.user.wait("reference", RUN_SECONDS, CONTENDING).state == "success"
    return stack.manifest("reference", CONTENDING)


@pytest.fixture(scope="module")
def contests(stack: FaultyStack, request: pytest.FixtureRequest) -> Iterator[dict[Cell, Future[Seen]]]:
    """The selected cells, some at a time."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    chosen = {item.callspec.params.get("struck") for item in items if "struck" in item.fixturenames}
    with ThreadPoolExecutor(4) as pool:
        yield {cell: pool.submit(observe, stack, cell) for cell in PROMISED if cell in chosen}


def results(manifest: RunManifest) -> dict[str, ContenderResult]:
    """What became of each algorithm."""
    assert manifest.contest is not None
    return {result.algorithm: result for result in manifest.contest.results}


@pytest.mark.parametrize("struck", PROMISED, ids=str)
def test_a_fault_that_strikes_one_of_several_algorithms(
    struck: Cell, contests: dict[Cell, Future[Seen]], reference: RunManifest
) -> None:
    seen, whole = contests[struck].result(), results(reference)
    assert seen.outcome == PROMISED[struck]
    assert seen.left == []
    assert seen.retry_state == ("success" if seen.outcome == "fails, clean" else None)
    found = results(seen.manifest)
    assert found[OTHER].figures == whole[OTHER].figures
    assert all(seen.jobs[algorithm, "Completed"] <= 1 for algorithm in ALGORITHMS), "a job was bought twice"
    if seen.outcome == "left out":
        assert seen.manifest.contender == OTHER
        reason = {
            "marked failed": f"its task {struck.task_id} is failed",
            "access denied": "access is denied",
        }[struck.fault]
        assert reason in (found[STRUCK].failure or "")
        assert found[STRUCK].figures == {}
    else:
        assert seen.manifest.contender == reference.contender
        assert found[STRUCK].figures == whole[STRUCK].figures
        assert seen.manifest.metrics == reference.metrics


def test_where_all_fail_one_task_tells_why_each_did_and_nothing_is_left(
    stack: FaultyStack, reference: RunManifest
) -> None:
    user, run_id = stack.user, "all-contenders-fail"
    run = Aftermath(stack.aws, run_id, "", dag_id=CONTENDING)
    for algorithm, code in zip(ALGORITHMS, ("AccessDeniedException", "ResourceLimitExceeded"), strict=True):
        target = Target(run_id, "train_model", "CreateTrainingJob", named=contender_key(run.key, algorithm))
        stack.injection.arm(target, Errors(code, code, 400, 403, times=None))
    user.trigger(run_id, CONF, CONTENDING)
    assert user.wait(run_id, RUN_SECONDS, CONTENDING).state == "failed"
    states = {task_id: task.state for task_id, task in user.tasks(run_id, CONTENDING).items()}
    assert (states["train_model"], states["score_contender"]) == ("failed", "upstream_failed")
    assert (states["choose_contender"], states["deploy_endpoint"]) == ("failed", "upstream_failed")
    assert states["verify_teardown"] == "success"
    told = user.api.failure(CONTENDING, run_id, "choose_contender")
    assert told is not None
    found, *_ = told.splitlines()
    assert found.startswith("Found: none of 2 algorithms is left to choose. XGBoost: ")
    of_xgboost, of_linear = found.split("; Linear Learner: ")
    assert "access is denied" in of_xgboost
    assert "quota" in of_linear
    page = user.api._client.get("/model_report/run", params={"dag_id": CONTENDING, "run_id": run_id})
    assert told in html.unescape(page.text)
    assert (run.billing(), jobs_of(run)) == ([], {})
    stack.injection.lift(run_id)
    user.clear_run(run_id, CONTENDING)
    assert user.wait(run_id, RUN_SECONDS, CONTENDING).state == "success"
    assert stack.manifest(run_id, CONTENDING).metrics == reference.metrics
    assert run.billing() == []
