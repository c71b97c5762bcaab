"""The faults, and when each strikes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import psutil

from tests.faults.airflow_user import AirflowUser, TaskInstance
from tests.faults.aws_proxy import Answer, DroppedError, Exchange

# More than Airflow takes to tell a worker that its task was marked as failed.
_NOTICE_SECONDS = 60


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
class WorkerKilled:
    """The worker dies when AWS has done what was asked, and before it hears of it."""

    struck: bool = False

    def strike(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if self.struck:
            return answer
        self.struck = True
        kill_worker(exchange.pid)
        raise DroppedError


@dataclass
class MarkedFailed:
    """The user marks the task as failed while it waits for AWS's answer."""

    user: AirflowUser
    instance: TaskInstance | None = None

    def strike(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if self.instance is not None:
            return answer
        self.instance = instance_of(exchange.pid, self.user)
        assert self.instance is not None
        self.user.mark_task_failed(self.instance.run_id, self.instance.task_id)
        exchange.wait_for_hang_up(_NOTICE_SECONDS)
        raise DroppedError


@dataclass
class Then:
    """Does something once, right after AWS has answered."""

    action: Callable[[], object]
    struck: bool = False

    def strike(self, exchange: Exchange) -> Answer:
        answer = exchange.forward()
        if not self.struck:
            self.struck = True
            self.action()
        return answer


@dataclass(frozen=True)
class Target:
    """The requests of one task of one run that a fault strikes."""

    run_id: str
    task_id: str
    operation: str
    path: str = ""

    def is_struck(self, instance: TaskInstance, exchange: Exchange) -> bool:
        return (
            (self.run_id, self.task_id) == (instance.run_id, instance.task_id)
            and self.operation == exchange.operation
            and self.path in exchange.path
        )


@dataclass
class Injection:
    """Which faults are armed."""

    user: AirflowUser
    _armed: dict[Target, Fault] = field(default_factory=dict)
    _instances: dict[int, TaskInstance] = field(default_factory=dict)

    def arm(self, target: Target, fault: Fault) -> None:
        self._armed[target] = fault

    def lift(self, run_id: str) -> None:
        """Let all go well for a run from now on."""
        self._armed = {target: fault for target, fault in self._armed.items() if target.run_id != run_id}

    def answer(self, exchange: Exchange) -> Answer:
        """Decide what becomes of a request."""
        instance = self._instances.get(exchange.pid) or instance_of(exchange.pid, self.user)
        if instance is None:
            return exchange.forward()
        self._instances[exchange.pid] = instance
        for target, fault in self._armed.items():
            if target.is_struck(instance, exchange):
                return fault.strike(exchange)
        return exchange.forward()


def instance_of(pid: int, user: AirflowUser) -> TaskInstance | None:
    """Tell which task a process works on; None for what is no task."""
    try:
        title = " ".join(psutil.Process(pid).cmdline())
    except (psutil.Error, ValueError):
        return None
    found = re.fullmatch(r"airflow worker -- ([0-9a-f-]{36})", title.strip())
    if found is None:
        return None
    return next((instance for instance in user.running() if instance.id == found[1]), None)


def kill_worker(pid: int) -> None:
    """Kill the process of a task, and first the one that watches over it, as a machine's end does."""
    task = psutil.Process(pid)
    supervisor = task.parent()
    assert supervisor is not None
    assert "LocalExecutor" in " ".join(supervisor.cmdline())
    for process in (supervisor, task):
        process.kill()
