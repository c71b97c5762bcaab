"""The processes that stand in for SageMaker's containers, signalled from outside."""

import signal
import time

import psutil


def signal_containers(server: psutil.Process, role: str, number: signal.Signals) -> list[psutil.Process]:
    """Signal local AWS's containers of a role.

    Args:
        server: Local AWS.
        role: `train`, `serve` or `process`.
        number: The signal.

    Returns:
        The containers, none where none runs.
    """
    found = []
    for process in server.children():
        command = process.cmdline()
        if "local_aws.containers.process" in command and command[-1] == role:
            process.send_signal(number)
            found.append(process)
    return found


def wait_for_containers(
    server: psutil.Process, role: str, number: signal.Signals, seconds: float = 10
) -> list[psutil.Process]:
    """Signal local AWS's containers of a role as soon as there is one."""
    deadline = time.monotonic() + seconds
    while not (found := signal_containers(server, role, number)):
        assert time.monotonic() < deadline, f"no container of role {role}"
        time.sleep(0.01)
    return found
