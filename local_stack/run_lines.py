"""What the terminal of `make up` tells of runs: a line for what has ended, and errors in full."""

from datetime import datetime, timedelta
from pathlib import Path

from local_stack.ended import Ended, EndedRun, EndedTask

# Airflow writes when something ended before others can read it.
_OVERLAP = timedelta(seconds=30)
_BAD = {"failed", "up_for_retry"}


class RunLines:
    """Reads what has ended since it was asked before.

    Args:
        ended: To ask.
        logs: Where tasks' logs are.
        since: What had ended by then is not told.
    """

    def __init__(self, ended: Ended, logs: Path, since: datetime) -> None:
        self._ended = ended
        self._logs = logs
        self._first = since
        self._since = since
        self._told: dict[tuple[object, ...], datetime] = {}

    def new(self) -> list[str]:
        """List the lines for what has ended meanwhile, in that order."""
        since = max(self._first, self._since - _OVERLAP)
        ended: list[EndedTask | EndedRun] = [
            *self._ended.tasks(since),
            *self._ended.runs(since),
        ]
        lines = []
        # At the same moment, the task ended first.
        for one in sorted(ended, key=lambda each: (each.end_date, isinstance(each, EndedRun))):
            key = (type(one), one.dag_id, one.dag_run_id, getattr(one, "task_key", None), one.end_date)
            if key not in self._told:
                self._told[key] = one.end_date
                lines += self._lines(one)
            self._since = max(self._since, one.end_date)
        self._told = {key: at for key, at in self._told.items() if at >= self._since - _OVERLAP}
        return lines

    def _lines(self, one: EndedTask | EndedRun) -> list[str]:
        where = f"{one.dag_id}  {one.dag_run_id}"
        if isinstance(one, EndedRun):
            return [_line(one, f"{where}  RUN {one.state.upper()}")]
        line = _line(one, f"{where}  {one.task_id}  {one.state}")
        if one.state not in _BAD:
            return [line]
        said = self._ended.error(one).splitlines()
        return [line, *(f"          {text}" for text in [*said, f"Log: {self._log(one)}"])]

    def _log(self, task: EndedTask) -> Path:
        folder = (
            self._logs / f"dag_id={task.dag_id}" / f"run_id={task.dag_run_id}" / f"task_id={task.task_id}"
        )
        if task.map_index >= 0:
            folder /= f"map_index={task.map_index}"
        return folder / f"attempt={task.try_number}.log"


def _line(one: EndedTask | EndedRun, text: str) -> str:
    seconds = (one.end_date - (one.start_date or one.end_date)).total_seconds()
    return f"{one.end_date.astimezone():%H:%M:%S}  {text}  {seconds:.1f} s"
