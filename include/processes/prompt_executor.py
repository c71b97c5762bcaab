"""Airflow's LocalExecutor, which lets the scheduler rest until a task ends."""

from multiprocessing.connection import wait

from airflow.executors.local_executor import LocalExecutor

# Until what no task tells is seen: a run that was triggered, a trigger that has fired, a retry that is due.
_SECONDS = 0.5


class PromptExecutor(LocalExecutor):
    """Runs tasks as LocalExecutor does, and ends a wait of the scheduler when one of them has ended.

    Airflow's scheduler sleeps for `scheduler_idle_sleep_time` between its looks. A short time costs a tenth
    of a processor while nothing happens, a long one is added to each task of a chain. This waits in each look
    instead: that setting is 0 beside it.
    """

    def sync(self) -> None:
        """Wait for the end of a task, half a second at most, and tell the scheduler of all that ended."""
        # SimpleQueue has no wait of its own.
        wait([self.result_queue._reader], _SECONDS)  # type: ignore[attr-defined]  # noqa: SLF001
        super().sync()
