"""Which lines of a service's log a person is shown: the records that tell of an error, whole."""

import re

# Airflow's and local AWS's records begin with their time, uvicorn's with their level.
_BEGINS = re.compile(r"\S{0,2}\d{4}-\d\d-\d\d[T ]\d\d:\d\d|(TRACE|DEBUG|INFO|WARNING|ERROR|CRITICAL):\s")
_IS_ERROR = re.compile(r"\[(error|critical)\s*\]|\b(ERROR|CRITICAL)\b")
# What a task logs, the scheduler writes too. It is the task's log that tells of it.
_IS_TASKS = re.compile(r"\] .*\[task(\.\w+)?\]| ti_id=\S+ try_number=\d")
_TRACEBACK = "Traceback (most recent call last)"


class ErrorRecords:
    """Reads the lines of one log in their order."""

    def __init__(self) -> None:
        self._head = ""
        self._is_shown = False

    def shown(self, line: str) -> list[str]:
        """Take the next line; return those to show now: none, it, or it and the head of its record."""
        if _BEGINS.match(line):
            self._head = line
            self._is_shown = bool(_IS_ERROR.search(line)) and not _IS_TASKS.search(line)
            return [line] if self._is_shown else []
        if self._is_shown:
            return [line]
        if _TRACEBACK in line:
            self._is_shown = True
            head, self._head = self._head, ""
            return [head, line] if head else [line]
        return []
