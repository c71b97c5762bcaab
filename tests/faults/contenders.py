"""Faults in the tasks of several algorithms, of which one is struck, as docs/reliability.md says."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from include.pipeline.documents.manifest import RunManifest
from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.documents.training.contenders import contender_key
from tests.aws.lists import listed
from tests.faults.aftermath import Aftermath
from tests.faults.cell import Cell
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import Target
from tests.faults.matrix import FAULTS, RUN_SECONDS, promises
from tests.faults.pipelines import CONTENDING

ALGORITHMS: tuple[AlgorithmName, AlgorithmName] = ("xgboost", "linear-learner")
"""In the order of the YAML."""
OTHER, STRUCK = ALGORITHMS
# The request that is struck. That of choose_contender reads what the struck algorithm answered.
TARGETS = {
    "train_model, contender": ("CreateTrainingJob", ""),
    "score_contender": ("CreateEndpoint", ""),
    "score_contender, deferred": ("DescribeEndpoint", ""),
    "choose_contender": ("GetObject", f"/contenders/{STRUCK}/validation/predictions.csv"),
}
# Else a run would use the model of another again, or wait for it.
CONF: dict[str, Any] = {"force_retrain": True}
_LEFT_OUT = "run marked failed", "run marked after it"
_NOT_STRUCK = "-"


@dataclass(frozen=True)
class Seen:
    """What a fault gave."""

    outcome: str
    """In the words of docs/reliability.md."""
    left: list[str]
    """What is billed that the run has left."""
    jobs: Counter[tuple[str, str]]
    """How many training jobs of each algorithm there were in each state, before the run was cleared."""
    retry_state: str | None
    """Of the run when it was cleared; None where it was green before."""
    manifest: RunManifest
    """Of the run when it was green at last."""


def documented() -> dict[Cell, str]:
    """Read from docs/reliability.md what each fault gives that is struck."""
    faults = [fault for fault in FAULTS if fault not in _LEFT_OUT]
    return {
        _cell(row, fault): promise
        for row, fault, promise in promises(faults, TARGETS)
        if promise != _NOT_STRUCK
    }


def _cell(row: str, fault: str) -> Cell:
    # Each algorithm has one of the task, but of the one that chooses.
    cell = Cell.of(row, fault, CONTENDING)
    return cell if row == "choose_contender" else replace(cell, map_index=ALGORITHMS.index(STRUCK))


def observe(stack: FaultyStack, cell: Cell) -> Seen:
    """Start a run, let the fault strike, look at what it gave, and clear the run where it failed."""
    user, run_id = stack.user, f"fault__{CONTENDING}__{cell}"
    run = Aftermath(stack.aws, run_id, "", dag_id=CONTENDING)
    stack.injection.arm(_target(cell, run), FAULTS[cell.fault](stack, cell, run_id))
    user.trigger(run_id, CONF, CONTENDING)
    state = user.wait(run_id, RUN_SECONDS, CONTENDING).state
    task = user.task(run_id, cell.task_id, CONTENDING, cell.map_index)
    stack.injection.lift(run_id)
    left, jobs, retry = run.billing(), jobs_of(run), None
    if state == "failed":
        user.clear_run(run_id, CONTENDING)
        retry = user.wait(run_id, RUN_SECONDS, CONTENDING).state
        left += run.billing()
    outcome = "unnoticed" if task.try_number == 1 else "tried again"
    if state == "failed":
        outcome = "fails, clean"
    elif task.state == "failed":
        outcome = "left out"
    return Seen(outcome, left, jobs, retry, stack.manifest(run_id, CONTENDING))


def _target(cell: Cell, run: Aftermath) -> Target:
    target = (run.run_id, cell.task_id, *TARGETS[cell.row])
    if cell.map_index < 0:
        return Target(*target)
    name = contender_key(run.key, STRUCK)
    return Target(*target, named=name, awaited=name if cell.is_deferred else "")


def jobs_of(run: Aftermath) -> Counter[tuple[str, str]]:
    """Count the training jobs of each algorithm of a run by their states."""
    sagemaker: Any = run.aws.client("sagemaker")
    return Counter(
        (algorithm, job["TrainingJobStatus"])
        for algorithm in ALGORITHMS
        for job in listed(sagemaker, "list_training_jobs", NameContains=contender_key(run.key, algorithm))
    )
