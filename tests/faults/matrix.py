"""The fault matrix: every task of the DAG by every fault, as docs/reliability.md promises it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from include.pipeline.aws.jobs import PROCESSING_JOB
from local_stack.demo import DAG_ID
from tests.faults.aftermath import Aftermath
from tests.faults.cell import Cell
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import (
    DroppedConnection,
    Errors,
    Fault,
    Killed,
    RunMarkedFailed,
    RunMarkedFailedAfter,
    Target,
    Then,
    kill_worker,
)
from tests.faults.pipelines import SOURCE, SPLIT
from tests.project import PROJECT

DOCUMENT = PROJECT / "docs" / "reliability.md"
RUN_SECONDS = 900
# What each cell gave, until the end of the session.
OBSERVED = pytest.StashKey[dict[Cell, str]]()

FAULTS: dict[str, Callable[[FaultyStack, Cell, str], Fault]] = {
    "worker killed": lambda stack, cell, _: Killed(
        (lambda _: stack.restart_triggerer()) if cell.is_deferred else kill_worker
    ),
    "marked failed": lambda stack, cell, run_id: Then(
        lambda: stack.user.mark_task(run_id, cell.task_id, "failed", cell.dag_id, cell.map_index),
        ends_the_task=True,
    ),
    "run marked failed": lambda stack, cell, run_id: RunMarkedFailed(stack.user, run_id, cell.dag_id),
    "run marked after it": lambda stack, cell, run_id: RunMarkedFailedAfter(
        stack.user, run_id, cell.task_id, cell.dag_id
    ),
    "500 twice": lambda *_: Errors("InternalFailure", "InternalError", 500, 500, times=2),
    "throttled 5 times": lambda *_: Errors("ThrottlingException", "SlowDown", 400, 503, times=5),
    "access denied": lambda *_: Errors("AccessDeniedException", "AccessDenied", 400, 403, times=None),
    "connection dropped": lambda *_: DroppedConnection(),
}
# The request of each task that is struck: where it writes, that.
TARGETS = {
    "plan_run": ("GetCallerIdentity", ""),
    "create_bucket": ("CreateBucket", ""),
    "download_data": ("PutObject", "/raw/"),
    "reuse_model": ("ListObjectsV2", "models"),
    "split_data": ("PutObject", "/train/"),
    "train_model": ("CreateTrainingJob", ""),
    "deploy_endpoint": ("CreateEndpoint", ""),
    "evaluate_model": ("InvokeEndpoint", ""),
    "check_quality": ("PutObject", "/manifest.json"),
    "delete_endpoint": ("DeleteEndpoint", ""),
    "delete_endpoint_config": ("DeleteEndpointConfig", ""),
    "delete_model": ("DeleteModel", ""),
    "write_report": ("PutObject", "/report.html"),
    "delete_data": ("DeleteObjects", ""),
    "verify_teardown": ("DescribeEndpoint", ""),
    "split_data, processing": ("CreateProcessingJob", ""),
    # The triggerer's.
    "split_data, processing, deferred": ("DescribeProcessingJob", ""),
    "train_model, deferred": ("DescribeTrainingJob", ""),
    "deploy_endpoint, deferred": ("DescribeEndpoint", ""),
}
# The request of a task that is struck when a connection is dropped, where it reads more than it writes.
TRANSFERS = {"download_data": ("GetObject", "")}
# What these may not delete, no task of the run may.
DELETES = {"delete_endpoint", "delete_endpoint_config", "delete_model", "delete_data"}


@dataclass
class Observed:
    """What a fault gave."""

    cell: Cell
    run_state: str
    task_state: str | None
    tries: int
    left: list[str]
    left_after_janitor: list[str]
    checksums: dict[str, str]
    raw_checksums: dict[str, str]
    jobs: list[str]
    splits: list[str]
    """The status of each processing job that it had bought by then."""
    retry_state: str | None = None
    checksums_after_retry: dict[str, str] = field(default_factory=dict)
    left_after_retry: list[str] = field(default_factory=list)
    splits_at_last: list[str] = field(default_factory=list)
    metrics: Any = None

    @property
    def final_checksums(self) -> dict[str, str]:
        """Of what there was when the run was green at last."""
        return self.checksums_after_retry if self.retry_state else self.checksums

    @property
    def outcome(self) -> str:
        """Say it in the words of docs/reliability.md."""
        if self.run_state == "success" and self.task_state == "failed":
            return "verified"
        if self.run_state == "success":
            return "unnoticed" if self.tries == 1 else "tried again"
        return "fails, janitor" if self.left else "fails, clean"


def documented() -> dict[Cell, str]:
    """Read the matrix from docs/reliability.md: what each fault gives."""
    return {cell_of(row, fault): promise for row, fault, promise in promises(list(FAULTS), TARGETS)}


def cell_of(row: str, fault: str) -> Cell:
    """Name the cell of a row: a table that a job splits is another pipeline's."""
    return Cell.of(row, fault, SPLIT if "processing" in row else DAG_ID)


def promises(faults: list[str], tasks: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Read the table of docs/reliability.md that has these faults.

    Args:
        faults: Its header, after the first column.
        tasks: Its rows.

    Yields:
        Row, fault, and what the fault gives.
    """
    rows = [
        [cell.strip().replace("`", "") for cell in line.strip().strip("|").split("|")]
        for line in DOCUMENT.read_text().splitlines()
        if line.startswith("| ")
    ]
    header = next(row for row in rows if row[1:] == faults)
    for row in rows[rows.index(header) + 1 :]:
        if len(row) == len(header) and row[0] in tasks:
            for fault, promise in zip(faults, row[1:], strict=True):
                yield row[0], fault, promise


def bucket_of(cell: Cell) -> str:
    """Name the bucket of a cell's run: each has its own, as one of them deletes it."""
    return f"fault-{cell}".replace("_", "-").lower()


def observe(stack: FaultyStack, cell: Cell) -> Observed:
    """Start a run, let the fault strike, look at what it gave, sweep, and clear the run where it failed."""
    user = stack.user
    run_id, bucket, dag_id = f"fault__{cell}", bucket_of(cell), cell.dag_id
    after = Aftermath(stack.aws, run_id, bucket, dag_id=dag_id)
    fault = FAULTS[cell.fault](stack, cell, run_id)
    stack.injection.arm(_target(cell, after), fault)
    user.trigger(
        run_id,
        {"data_url": SOURCE, "bucket": bucket, "delete_data": cell.task_id == "delete_data"},
        dag_id,
    )
    run = user.wait(run_id, RUN_SECONDS, dag_id)
    if isinstance(fault, RunMarkedFailedAfter):
        # The mark may come when the run has just ended.
        assert fault.marked.wait(60)
        run = user.wait(run_id, RUN_SECONDS, dag_id)
    task = user.task(run_id, cell.task_id, dag_id)
    observed = Observed(
        cell,
        run.state,
        task.state,
        task.try_number,
        after.billing(),
        [],
        after.checksums(),
        after.raw_checksums() if after.checksums() else {},
        after.jobs(),
        after.jobs(PROCESSING_JOB),
    )
    stack.injection.lift(run_id)
    if observed.left:
        stack.sweep()
        observed.left_after_janitor = after.billing()
    if run.state == "failed":
        user.clear_run(run_id, dag_id)
        observed.retry_state = user.wait(run_id, RUN_SECONDS, dag_id).state
        observed.checksums_after_retry = after.checksums()
        observed.left_after_retry = after.billing()
    observed.splits_at_last = after.jobs(PROCESSING_JOB)
    observed.metrics = user.xcom(run_id, "evaluate_model", dag_id)
    return observed


def _target(cell: Cell, run: Aftermath) -> Target:
    transfer = TRANSFERS.get(cell.task_id) if cell.fault == "connection dropped" else None
    operation, path = transfer or TARGETS[cell.row]
    is_denied_to_all = cell.fault == "access denied" and cell.task_id in DELETES
    return Target(
        run.run_id,
        None if is_denied_to_all else cell.task_id,
        operation,
        path,
        awaited=run.key if cell.is_deferred else "",
    )
