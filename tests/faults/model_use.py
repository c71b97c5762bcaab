"""Faults in the tasks that tune, score new rows, promote a model and take it back, as the document says."""

import io
from dataclasses import dataclass
from typing import Any

import pandas as pd

from include.pipeline.aws.jobs import TRANSFORM_JOB
from include.pipeline.aws.object_store import read_object
from include.pipeline.documents.training.tune import tuning_key
from include.pipeline.scoring.champion.shadow import shadow_name
from local_stack.demo import DAG_ID, SAMPLE
from tests.aws.waiting import wait_until
from tests.faults.aftermath import Aftermath
from tests.faults.cell import Cell
from tests.faults.champion import Champion
from tests.faults.faulty_stack import FaultyStack
from tests.faults.injection import Target
from tests.faults.matrix import FAULTS, RUN_SECONDS, promises
from tests.faults.pipelines import SHADOWED, SOURCE, TUNED

SCORE, SERVE, ROLLBACK = f"{DAG_ID}_score", f"{DAG_ID}_serve", f"{DAG_ID}_rollback"
SERVE_SHADOWED = f"{SHADOWED}_serve"
# The pipeline of each DAG that changes what an endpoint serves.
_SERVES = {SERVE: DAG_ID, ROLLBACK: DAG_ID, SERVE_SHADOWED: SHADOWED}
# The DAG of each task, and its request that is struck.
TARGETS = {
    "train_model, tuned": (TUNED, "CreateHyperParameterTuningJob", ""),
    # The triggerer's.
    "train_model, tuned, deferred": (TUNED, "DescribeHyperParameterTuningJob", ""),
    "score_rows": (SCORE, "CreateTransformJob", ""),
    "write_predictions": (SCORE, "PutObject", "/predictions.csv"),
    "promote_model": (SERVE, "UpdateEndpoint", ""),
    # The one that begins the shadow.
    "promote_model, shadow": (SERVE_SHADOWED, "UpdateEndpoint", ""),
    "roll_back_model": (ROLLBACK, "UpdateEndpoint", ""),
}
LEFT_OUT = "run marked failed", "run marked after it"
NOT_STRUCK = "-"
_LINES = SAMPLE.read_text().splitlines(keepends=True)
_FEWEST_ROWS = 200


@dataclass(frozen=True)
class Seen:
    """What a fault gave."""

    run: Aftermath
    outcome: str
    """In the words of docs/reliability.md."""
    left: str | list[str]
    """What is billed that the run has left; of one that changes the endpoint, what that serves then."""
    trials: dict[str, list[str]]
    """What it had bought of tuning jobs by then."""
    transform_jobs: list[str]
    """The status of each transform job that it had bought by then."""
    retry_state: str | None
    """Of the run when it was cleared; None where it was green before."""


def documented() -> dict[Cell, str]:
    """Read from docs/reliability.md what each fault gives that is struck."""
    faults = [fault for fault in FAULTS if fault not in LEFT_OUT]
    return {
        Cell.of(row, fault, TARGETS[row][0]): promise
        for row, fault, promise in promises(faults, TARGETS)
        if promise != NOT_STRUCK
    }


def begin_model(stack: FaultyStack, name: str, rounds: int, dag_id: str = DAG_ID) -> str:
    """Begin to train a model that passes the gate, in the bucket that pipelines have by default.

    It is newer than those that were begun before.
    """
    run_id = f"model__{name}"
    stack.user.trigger(
        run_id,
        {
            "data_url": SOURCE,
            "hyperparameters": {"num_round": rounds, "objective": "binary:logistic", "max_depth": 3},
            "min_roc_auc": 0.5,
            "max_roc_auc_drop": None,
            "must_beat_baseline": False,
            "gate": {},
        },
        dag_id,
    )

    def is_planned() -> bool:
        planned = stack.user.tasks(run_id, dag_id).get("plan_run")
        return planned is not None and planned.state == "success"

    wait_until(is_planned, RUN_SECONDS)
    return run_id


def observe(stack: FaultyStack, cell: Cell, conf: dict[str, Any]) -> Seen:
    """Start a run of a DAG, let the fault strike, look at what it gave, and clear the run where it failed."""
    user, run_id, dag_id = stack.user, f"fault__{cell.dag_id}__{cell}", cell.dag_id
    run = Aftermath(stack.aws, run_id, "", dag_id=dag_id)
    _, operation, path = TARGETS[cell.row]
    target = Target(
        run_id,
        cell.task_id,
        operation,
        path,
        named=shadow_name(run.key) if cell.mode == "shadow" else "",
        awaited=tuning_key(run.key) if cell.is_deferred else "",
    )
    stack.injection.arm(target, FAULTS[cell.fault](stack, cell, run_id))
    user.trigger(run_id, conf, dag_id)
    state = user.wait(run_id, RUN_SECONDS, dag_id).state
    tries = user.task(run_id, cell.task_id, dag_id).try_number
    stack.injection.lift(run_id)
    left = Champion(stack, _SERVES[dag_id]).served() if dag_id in _SERVES else run.billing()
    trials, transform_jobs, retry = run.trials(), run.jobs(TRANSFORM_JOB), None
    if state == "failed":
        user.clear_run(run_id, dag_id)
        retry = user.wait(run_id, RUN_SECONDS, dag_id).state
    outcome = "fails, clean" if state == "failed" else "unnoticed" if tries == 1 else "tried again"
    return Seen(run, outcome, left, trials, transform_jobs, retry)


def rows_of(stack: FaultyStack, number: int) -> str:
    """Put the sample's first rows on S3, as many as no other run scores; returns their URL."""
    bucket, folder = SOURCE.removeprefix("s3://").split("/")[0], f"rows/{number}.csv"
    stack.aws.s3.put_object(
        Bucket=bucket, Key=folder, Body="".join(_LINES[: _FEWEST_ROWS + number + 1]).encode()
    )
    return f"s3://{bucket}/{folder}"


def scored(stack: FaultyStack, run_id: str) -> pd.DataFrame:
    """What a run has written, in the order of the rows."""
    plan = stack.user.xcom(run_id, "plan_run", SCORE)
    content = read_object(stack.aws.s3, f"{plan['locations']['predictions']}.csv")
    return pd.read_csv(io.BytesIO(content)).sort_values("row", ignore_index=True)
