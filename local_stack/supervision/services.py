"""The Procfile's services, as long as one process wants them: it starts and stops their keeper."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local_stack.supervision.process_tree import end_descendants

PROJECT = Path(__file__).resolve().parents[2]

# The keeper needs six at the most.
_SECONDS_TO_END = 9.0

Keeper = subprocess.Popen[str]


@dataclass(frozen=True)
class Services:
    """What to run."""

    environment: Mapping[str, str]
    logs: Path
    """Folder: one file a service."""
    names: Sequence[str] = ()
    """Of the Procfile; none for all."""
    procfile: Path = PROJECT / "Procfile"

    @contextmanager
    def running(self, output: int = subprocess.DEVNULL) -> Iterator[Keeper]:
        """Run them until the block is left, or this process ends in whatever way.

        Args:
            output: Where the keeper tells of errors, as for Popen.

        Yields:
            The keeper. It ends when a service does.
        """
        keeper = subprocess.Popen(  # noqa: S603 - our own command line
            [
                *(sys.executable, "-m", "local_stack.supervision.keeper"),
                *("--procfile", str(self.procfile), "--logs", str(self.logs), *self.names),
            ],
            cwd=PROJECT,
            env=self.environment,
            # Its other end closes with this process.
            stdin=subprocess.PIPE,
            stdout=output,
            # A terminal's Ctrl-C and hang-up reach this process, which then ends all.
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )
        try:
            yield keeper
        finally:
            _stop(keeper)


def _stop(keeper: Keeper) -> None:
    if keeper.stdin:
        with suppress(BrokenPipeError):
            keeper.stdin.close()
    try:
        keeper.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        end_descendants(keeper.pid, seconds=2.0)
        keeper.kill()
        keeper.wait()
    if keeper.stdout:
        keeper.stdout.close()
