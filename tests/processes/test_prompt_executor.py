import threading
import time
from collections.abc import Iterator

import pytest
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.utils.state import TaskInstanceState

from include.processes.prompt_executor import PromptExecutor

pytestmark = pytest.mark.slow

KEY = TaskInstanceKey("dag", "task", "run")


@pytest.fixture
def executor() -> Iterator[PromptExecutor]:
    made = PromptExecutor(parallelism=1)
    made.start()
    made.running.add(KEY)
    yield made
    made.end()


def end_task(executor: PromptExecutor) -> None:
    """Tell of the task's end, as the process does that has run it."""
    executor.result_queue.put((KEY, TaskInstanceState.SUCCESS, None))


def test_a_look_ends_with_the_task(executor: PromptExecutor) -> None:
    ending = threading.Timer(0.1, end_task, [executor])
    begin = time.monotonic()
    ending.start()
    executor.sync()
    assert 0.1 <= time.monotonic() - begin < 0.4
    assert executor.get_event_buffer() == {KEY: (TaskInstanceState.SUCCESS, None)}


def test_what_has_ended_before_is_told_at_once(executor: PromptExecutor) -> None:
    end_task(executor)
    begin = time.monotonic()
    executor.sync()
    assert time.monotonic() - begin < 0.1
    assert list(executor.get_event_buffer()) == [KEY]


def test_a_look_at_which_nothing_ends_takes_half_a_second(executor: PromptExecutor) -> None:
    begin = time.monotonic()
    executor.sync()
    assert 0.5 <= time.monotonic() - begin < 1
    assert executor.get_event_buffer() == {}
