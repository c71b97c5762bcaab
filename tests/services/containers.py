"""The processes that stand in for SageMaker's containers, signalled from outside."""

import signal
import time
from collections.abc import Collection

import psutil


def containers(server: psutil.Process, role: str) -> list[psutil.Process]:
    """List local AWS's containers of a role.

    Args:
        server: Local AWS.
        role: `train`, `serve` or `process`.
    """
    commands = {process: process.cmdline() for process in server.children()}
    return [
        process
        for process, command in commands.items()
        if "local_aws.containers.process" in command and command[-1] == role
    ]


def signal_containers(
    server: psutil.Process, role: str, number: signal.Signals, but: Collection[psutil.Process] = ()
) -> list[psutil.Process]:
    """Signal local AWS's containers of a role.

    Args:
        server: Local AWS.
        role: `train`, `serve` or `process`.
        number: The signal.
        but: Those that are left alone.

    Returns:
        The containers, none where none runs.
    """
    found = [process for process in containers(server, role) if process not in but]
    for process in found:
        process.send_signal(number)
    return found


def wait_for_containers(
    server: psutil.Process,
    role: str,
    number: signal.Signals,
    seconds: float = 10,
    but: Collection[psutil.Process] = (),
) -> list[psutil.Process]:
    """Signal local AWS's containers of a role, without some, as soon as there is one."""
    deadline = time.monotonic() + seconds
    while not (found := signal_containers(server, role, number, but)):
        assert time.monotonic() < deadline, f"no container of role {role}"
        time.sleep(0.01)
    return found
