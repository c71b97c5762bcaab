"""Which processes and ports are there, for tests of what is left."""

import socket

import psutil


def processes_by(variable: str) -> dict[str, dict[psutil.Process, str]]:
    """Find the living processes that have this variable in their environment, by its value.

    An ended one that nobody has waited for, an init's duty, does not live.

    Returns:
        For each value, the command line of each process.
    """
    found: dict[str, dict[psutil.Process, str]] = {}
    for process in psutil.process_iter():
        try:
            value = process.environ().get(variable)
            if value is not None and process.status() != psutil.STATUS_ZOMBIE:
                found.setdefault(value, {})[process] = " ".join(process.cmdline())
        except psutil.Error:
            continue
    return found


def listens(port: int) -> bool:
    """Tell whether something on 127.0.0.1 takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
