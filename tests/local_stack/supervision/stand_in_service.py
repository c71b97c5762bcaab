"""A small service in the place of Airflow or local AWS: it listens on a port, and has children."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def _say_and_wait(number: int, _frame: object) -> None:
    os.write(1, b"[info] Exiting gracefully upon receiving signal %d [airflow]\n" % number)


def serve(folder: Path, name: str, work: str) -> None:
    """Write the process id and the port to a file of this name, and go on until the end.

    Args:
        folder: Of the file.
        name: Of the service.
        work: "idle", or "busy": it writes a log, has a child that no signal ends but SIGKILL, and waits for
            it, as Airflow's scheduler for its tasks.
    """
    subprocess.Popen(["/bin/sleep", "1000"], start_new_session=True)
    if work == "busy":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _say_and_wait)
        subprocess.Popen(["/bin/sh", "-c", "trap '' HUP INT TERM; sleep 1000; sleep 1000"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_text(f"{os.getpid()} {server.getsockname()[1]}")
        unfinished.rename(folder / name)
        while True:
            if work == "busy":
                print("2026-11-01 06:00:00,000 a line of the log", flush=True)
            time.sleep(0.02 if work == "busy" else 100)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), *sys.argv[2:4])
