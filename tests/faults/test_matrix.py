"""Every task by every fault: what docs/reliability.md promises is what happens."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.faults.aftermath import Aftermath
from tests.faults.cell import Cell, cells_of
from tests.faults.faulty_stack import FaultyStack
from tests.faults.matrix import (
    FAULTS,
    OBSERVED,
    RUN_SECONDS,
    TARGETS,
    Observed,
    cell_of,
    documented,
    observe,
)
from tests.faults.pipelines import SOURCE, SPLIT

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(3600)]

AT_ONCE = 8
PROMISED = documented()


@pytest.fixture(scope="module")
def reference(stack: FaultyStack) -> Aftermath:
    """What a run without any fault leaves."""
    stack.user.trigger("reference", {"data_url": SOURCE, "bucket": "reference"})
    assert stack.user.wait("reference", RUN_SECONDS).state == "success"
    return Aftermath(stack.aws, "reference", "reference")


@pytest.fixture(scope="module")
def observations(
    stack: FaultyStack, request: pytest.FixtureRequest
) -> Iterator[dict[Cell, Future[Observed]]]:
    """All selected cells, some at a time: Airflow starts a run's tasks one after the other."""
    chosen = cells_of(request.session.items).values()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {cell: pool.submit(observe, stack, cell) for cell in chosen}


@pytest.mark.parametrize("cell", PROMISED, ids=str)
def test_a_fault_gives_what_is_promised(
    cell: Cell,
    stack: FaultyStack,
    observations: dict[Cell, Future[Observed]],
    reference: Aftermath,
    pytestconfig: pytest.Config,
) -> None:
    seen = observations[cell].result()
    pytestconfig.stash[OBSERVED][cell] = seen.outcome
    whole = reference.checksums()
    assert seen.outcome == PROMISED[cell]
    assert seen.left_after_janitor == []
    assert seen.checksums.items() <= whole.items()
    assert seen.raw_checksums.items() <= reference.raw_checksums().items()
    assert seen.jobs.count("Completed") <= 1, "a training was bought twice"
    assert len(seen.splits) <= 1, "a split was bought twice"
    # A run that is cleared splits anew.
    bought = seen.splits_at_last[len(seen.splits) if seen.retry_state else 0 :]
    assert bought == (["Completed"] if cell.dag_id == SPLIT else [])
    if seen.run_state == "failed":
        assert seen.retry_state == "success"
        assert seen.left_after_retry == []
    if cell.task_id != "delete_data":
        assert seen.final_checksums == whole
    assert seen.metrics == stack.user.xcom("reference", "evaluate_model")


@pytest.mark.usefixtures("reference")
def test_the_document_has_every_task_and_every_fault(stack: FaultyStack) -> None:
    assert set(PROMISED) == {cell_of(row, fault) for row in TARGETS for fault in FAULTS}
    assert {cell.task_id for cell in PROMISED} == set(stack.user.tasks("reference"))
