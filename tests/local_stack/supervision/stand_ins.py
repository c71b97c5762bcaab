"""Runs two small services in the foreground, as `make up` does with its own: for tests of signals."""

import os
import sys
import time
from pathlib import Path

from local_stack.supervision.foreground import Lines, run_in_foreground
from local_stack.supervision.interruption import raise_on_signals
from local_stack.supervision.services import Services

NAMES = ("first", "second")


def main(folder: Path, work: str) -> int:
    """Run the services.

    Args:
        folder: Where they write where they listen.
        work: "idle", or "busy": they write a lot, and so does this process.

    Returns:
        The exit code.
    """
    service = Path(__file__).with_name("stand_in_service.py")
    commands = (f"{name}: exec {sys.executable} -I -S {service} {folder} {name} {work}\n" for name in NAMES)
    procfile = folder / "Procfile"
    procfile.write_text("".join(commands))

    def tell(lines: Lines) -> None:
        while work == "busy":
            lines.put("a line of a run")
            time.sleep(0.02)

    raise_on_signals()
    services = Services(dict(os.environ), folder / "logs", procfile=procfile)
    return run_in_foreground(services, tell, ends_with_parent=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
