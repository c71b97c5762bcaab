from datetime import UTC, datetime, timedelta

from rich.console import Console

from local_stack.airflow_api import TaskState
from local_stack.screen import progress

START = datetime(2026, 11, 23, 6, tzinfo=UTC)


def shown(*tasks: TaskState) -> list[str]:
    console = Console(width=60, record=True)
    console.print(progress(["plan_run", "train_model", "check_quality"], tasks))
    return [" ".join(line.split()) for line in console.export_text().splitlines()]


def task(task_id: str, state: str | None, seconds: float | None) -> TaskState:
    end = None if seconds is None else START + timedelta(seconds=seconds)
    return TaskState(
        task_id=task_id, state=state, start_date=START if end else None, end_date=end, try_number=1
    )


def test_tasks_stand_in_the_chains_order_with_state_and_seconds() -> None:
    assert shown(
        task("train_model", "failed", 61.25),
        task("plan_run", "success", 3.0),
        task("check_quality", None, None),
    ) == ["task state seconds", "plan_run success 3.0", "train_model failed 61.2", "check_quality waiting"]


def test_a_task_that_says_how_far_it_is_has_that_beside_it() -> None:
    console = Console(width=100, record=True)
    line = "Reading: 35 of 272 MB, 5.8 MB/s, 41 s left"
    console.print(
        progress(["plan_run", "split_data"], [task("split_data", "running", 6)], {"split_data": line})
    )
    assert console.export_text().splitlines()[-1].rstrip().endswith(f"6.0  {line}")


def test_a_task_that_airflow_does_not_know_yet_is_waiting() -> None:
    assert shown()[1:] == ["plan_run waiting", "train_model waiting", "check_quality waiting"]
