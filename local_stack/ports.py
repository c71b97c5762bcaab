"""The ports that a person may choose: read from the environment, and held against what listens already."""

import os
import socket
from contextlib import suppress

import psutil

from include.pipeline.errors import PipelineError
from local_stack.stack import StackError

_HOST = "127.0.0.1"
_FIRST, _LAST = 1, 65535
# Of a command line: more tells nobody more.
_SHOWN = 100


class PortError(StackError, PipelineError):
    """A port is none, or another program listens on it."""


def port_of(variable: str, default: int) -> int:
    """Read a port from an environment variable.

    Args:
        variable: Its name.
        default: The port where it is not set or empty.

    Raises:
        PortError: It is no port.
    """
    text = os.environ.get(variable, "") or str(default)
    if not (text.isascii() and text.isdigit() and _FIRST <= int(text) <= _LAST):
        raise PortError(
            f"{variable} = {text!r}",
            f"a port: a whole number from {_FIRST} to {_LAST}",
            f"Leave {variable} out, for {default}, or give another one: {variable}={default + 1} make up",
        )
    return int(text)


def check_free(ports: dict[str, int]) -> None:
    """See that all ports are free and none is given twice.

    Args:
        ports: By the variables that change them.

    Raises:
        PortError: It names the port, who listens on it, and the variable.
    """
    for variable, port in ports.items():
        same = [other for other in ports if other != variable and ports[other] == port]
        if same:
            raise PortError(
                f"{variable} and {same[0]} are both {port}",
                "a port for each of them",
                f"Give {variable} another one: {variable}={port + 1} make up",
            )
        if not _is_free(port):
            holder = _holder(port)
            raise PortError(
                f"port {port} of {_HOST} is {f'in use by {holder}' if holder else 'not for this user'}",
                f"{variable}, {port}, to be free",
                f"End that program, or choose another port: {variable}={_free_after(port, ports)} make up",
            )


def _is_free(port: int) -> bool:
    """Tell whether this user may listen there now."""
    with socket.socket() as probe:
        # As servers do: connections that have just been closed do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
        return True


def _free_after(port: int, ports: dict[str, int]) -> int:
    later = (other for other in range(port + 1, _LAST) if other not in ports.values() and _is_free(other))
    return next(later, port)


def _holder(port: int) -> str:
    """Name the process that listens there; nothing where none does, as below 1024, which the system keeps."""
    for process in psutil.process_iter():
        # Of another user's processes nobody may know; others have just ended.
        with suppress(psutil.Error):
            for connection in process.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                    command = " ".join(process.cmdline()) or process.name()
                    shown = command if len(command) <= _SHOWN else f"{command[:_SHOWN]}..."
                    return f"process {process.pid}: {shown}"
    with socket.socket() as probe:
        return "a process of another user" if probe.connect_ex((_HOST, port)) == 0 else ""
