from datetime import UTC, datetime, timedelta
from pathlib import Path

from local_stack.airflow_api import AirflowApi
from local_stack.ended import Ended, EndedRun, EndedTask
from local_stack.run_lines import RunLines

BEGAN = datetime(2026, 11, 1, 6, tzinfo=UTC)
LOGS = Path("/logs")


def task(name: str, at: float, state: str = "success", *, attempt: int = 1, index: int = -1) -> EndedTask:
    end = BEGAN + timedelta(seconds=at)
    return EndedTask(
        dag_id="bank",
        dag_run_id="r1",
        task_id=name,
        map_index=index,
        state=state,
        start_date=end - timedelta(seconds=1.5),
        end_date=end,
        try_number=attempt,
    )


def run(at: float, state: str = "success") -> EndedRun:
    end = BEGAN + timedelta(seconds=at)
    return EndedRun(dag_id="bank", dag_run_id="r1", state=state, start_date=BEGAN, end_date=end)


class Fixed(Ended):
    """Answers as Airflow's API does: all that ended since then."""

    def __init__(self, *tasks: EndedTask) -> None:
        super().__init__(AirflowApi("http://127.0.0.1:9", "", ""))
        self.all_tasks = [*tasks]
        self.all_runs: list[EndedRun] = []

    def tasks(self, since: datetime) -> list[EndedTask]:
        return [each for each in self.all_tasks if each.end_date >= since]

    def runs(self, since: datetime) -> list[EndedRun]:
        return [each for each in self.all_runs if each.end_date >= since]

    def error(self, task: EndedTask) -> str:
        return f"{task.task_id} failed\nParamError: Found: x\nExpected: y\nTo do: z"


def lines_of(ended: Ended) -> RunLines:
    return RunLines(ended, LOGS, BEGAN)


def told(lines: list[str]) -> list[str]:
    """Leave the time of day out, which is the reader's."""
    return [line[10:] for line in lines]


def test_each_task_and_run_is_one_line_once_in_the_order_of_their_ends() -> None:
    ended = Fixed(task("before", -1), task("plan", 2))
    lines = lines_of(ended)
    assert told(lines.new()) == ["bank  r1  plan  success  1.5 s"]
    assert lines.new() == []
    ended.all_tasks += [task("last", 9, "skipped"), task("train", 5)]
    ended.all_runs += [run(9)]
    assert told(lines.new()) == [
        "bank  r1  train  success  1.5 s",
        "bank  r1  last  skipped  1.5 s",
        "bank  r1  RUN SUCCESS  9.0 s",
    ]
    assert lines.new() == []


def test_what_airflow_tells_late_is_told_and_nothing_twice() -> None:
    ended = Fixed(task("plan", 100))
    lines = lines_of(ended)
    assert len(lines.new()) == 1
    ended.all_tasks += [task("late", 80), task("mapped", 100, index=0), task("mapped", 100, index=1)]
    assert told(lines.new()) == [
        "bank  r1  late  success  1.5 s",
        *["bank  r1  mapped  success  1.5 s"] * 2,
    ]
    assert lines.new() == []


def test_an_error_is_told_in_full_with_its_log() -> None:
    lines = lines_of(Fixed(task("plan", 1, "up_for_retry"), task("plan", 3, "failed", attempt=2, index=4)))
    first, *rest = told(lines.new())
    assert first == "bank  r1  plan  up_for_retry  1.5 s"
    error = ["plan failed", "ParamError: Found: x", "Expected: y", "To do: z"]
    place = f"{LOGS}/dag_id=bank/run_id=r1/task_id=plan"
    assert rest == [
        *error,
        f"Log: {place}/attempt=1.log",
        "bank  r1  plan  failed  1.5 s",
        *error,
        f"Log: {place}/map_index=4/attempt=2.log",
    ]
