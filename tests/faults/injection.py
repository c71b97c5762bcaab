"""The faults, and when each strikes."""

import re
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Protocol

import psutil
import psycopg2

from tests.faults.airflow_user import AirflowUser
from tests.faults.aws_proxy import Answer, DroppedError, Exchange

# More than Airflow takes to tell a worker that its task was marked as failed.
_NOTICE_SECONDS = 60
_TASK_SECONDS = 300
# Until the scheduler has read that a task waits: one that goes on sooner, it takes for a lost one.
_DEFERRAL_SECONDS = 3


class Fault(Protocol):
    """Something that goes wrong at a request. One object serves one run."""

    def strike(self, exchange: Exchange) -> Answer: ...


@dataclass
class Errors:
    """AWS answers with an error, some times or, with None, always. Nothing reaches it."""

    sagemaker: str
    s3: str
    status: int
    s3_status: int
    times: int | None

    def strike(self, exchange: Exchange) -> Answer:
        if self.times is not None:
            self.times -= 1
            if self.times < 0:
                return exchange.forward()
        if exchange.service == "s3":
            return exchange.error(self.s3, self.s3_status)
        return exchange.error(self.sagemaker, self.status)


@dataclass
class DroppedConnection:
    """The connection ends: first before AWS has the request, then when it has done what was asked.

    A transfer is cut in its middle; of a short answer nothing arrives.
    """

    struck: int = 0

    def strike(self, exchange: Exchange) -> Answer:
        self.struck += 1
        if self.struck == 1:
            raise DroppedError
        answer = exchange.forward()
        if self.struck == 2:
            if exchange.operation == "GetObject":
                exchange.cut(answer)
            raise DroppedError
        return answer


@dataclass
class Killed:
    """Who asks is killed when AWS has done what was asked, and before it hears of it."""

    kill: Callable[[int], object]
    """Called with the id of the process."""
    struck: bool = False

    def strike(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if self.struck:
            return answer
        self.struck = True
        self.kill(exchange.pid)
        raise DroppedError


@dataclass
class RunMarkedFailed:
    """The user marks the run as failed when the request is on its way: AWS does after that what it asks."""

    user: AirflowUser
    run_id: str
    dag_id: str
    struck: bool = False

    def strike(self, exchange: Exchange) -> Answer:
        if not self.struck:
            self.struck = True
            self.user.mark_run(self.run_id, "failed", self.dag_id)
        return exchange.forward()


@dataclass
class RunMarkedFailedAfter:
    """The user marks the run as failed as soon as the task has ended."""

    user: AirflowUser
    run_id: str
    task_id: str
    dag_id: str
    struck: bool = False
    marked: threading.Event = field(default_factory=threading.Event)

    def strike(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if not self.struck:
            self.struck = True
            threading.Thread(target=self._mark_once_it_has_ended).start()
        return answer

    def _mark_once_it_has_ended(self) -> None:
        deadline = time.monotonic() + _TASK_SECONDS
        while self.user.task(self.run_id, self.task_id, self.dag_id).state != "success":
            assert time.monotonic() < deadline
            time.sleep(0.2)
        self.user.mark_run(self.run_id, "failed", self.dag_id)
        self.marked.set()


@dataclass
class Then:
    """Does something once, right after AWS has answered."""

    action: Callable[[], object]
    ends_the_task: bool = False
    """Whether the action does: the task waits for the answer until then."""
    struck: bool = False

    def strike(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if self.struck:
            return answer
        self.struck = True
        self.action()
        if self.ends_the_task:
            exchange.wait_for_hang_up(_NOTICE_SECONDS)
            raise DroppedError
        return answer


@dataclass(frozen=True)
class TaskInstance:
    """Which task a worker's process works on."""

    run_id: str
    task_id: str


@dataclass(frozen=True)
class Target:
    """The requests of one task of one run that a fault strikes."""

    run_id: str
    task_id: str | None
    """None strikes all tasks of the run."""
    operation: str
    path: str = ""
    named: str = ""
    """What the request has to hold, where it is not each of the operation."""
    awaited: str = ""
    """What a deferred task waits for: requests that name it are struck, from the first of a triggerer on."""

    def is_struck(self, instance: TaskInstance | None, exchange: Exchange) -> bool:
        if self.operation != exchange.operation or self.path not in exchange.path:
            return False
        if self.named and not exchange.names(self.named):
            return False
        if instance is None:
            return bool(self.awaited) and exchange.names(self.awaited) and is_triggerer(exchange.pid)
        return self.run_id == instance.run_id and self.task_id in {None, instance.task_id}


@dataclass
class Injection:
    """Which faults are armed.

    Args:
        database: Airflow's, as psycopg2 takes it: its API tells the same for a hundred times the work.
    """

    database: str
    _armed: dict[Target, Fault] = field(default_factory=dict)
    _instances: dict[psutil.Process, TaskInstance] = field(default_factory=dict)
    _deferred: set[Target] = field(default_factory=set)

    def arm(self, target: Target, fault: Fault) -> None:
        self._armed[target] = fault

    def lift(self, run_id: str) -> None:
        """Let all go well for a run from now on."""
        self._armed = {target: fault for target, fault in self._armed.items() if target.run_id != run_id}

    def answer(self, exchange: Exchange) -> Answer:
        """Decide what becomes of a request."""
        instance = self._instance(exchange.pid)
        for target, fault in list(self._armed.items()):
            if not target.is_struck(instance, exchange):
                continue
            if target.awaited and target not in self._deferred:
                if instance:
                    break
                self._deferred.add(target)
                time.sleep(_DEFERRAL_SECONDS)
            return fault.strike(exchange)
        return exchange.forward()

    def _instance(self, pid: int) -> TaskInstance | None:
        """Tell which task a process works on; None for what is no task."""
        try:
            # Knows when the process was started: within the hour that the faults take, ids come again.
            process = psutil.Process(pid)
            instance = self._instances.get(process) or instance_of(process, self.database)
        except psutil.Error:
            return None
        if instance:
            self._instances[process] = instance
        return instance


def instance_of(process: psutil.Process, database: str) -> TaskInstance | None:
    """Tell which task a process works on; None for what is no task."""
    title = " ".join(process.cmdline())
    found = re.fullmatch(r"airflow worker -- ([0-9a-f-]{36})", title.strip())
    if found is None:
        return None
    with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT run_id, task_id FROM task_instance WHERE id = %s", [found[1]])
        row = cursor.fetchone()
    return TaskInstance(*row) if row else None


def is_triggerer(pid: int) -> bool:
    """Tell whether a process is a triggerer, or runs its triggers."""
    try:
        process = psutil.Process(pid)
        lines = [" ".join(found.cmdline()) for found in (process, *process.parents())]
    except psutil.Error:
        return False
    return any("airflow triggerer" in line for line in lines)


def kill_worker(pid: int) -> None:
    """Kill the process of a task, and first the one that watches over it, as a machine's end does."""
    task = psutil.Process(pid)
    supervisor = task.parent()
    assert supervisor is not None
    assert "LocalExecutor" in " ".join(supervisor.cmdline())
    for process in (supervisor, task):
        process.kill()
