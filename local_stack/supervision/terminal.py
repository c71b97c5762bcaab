"""Standard output as a person sees it: a terminal or a pipe, which may go away at any time."""

import os
import select
import sys


class TerminalGoneError(Exception):
    """Nobody can read what is written any more."""


def say(text: str) -> None:
    """Write a line.

    Raises:
        TerminalGoneError: The pipe is closed, or the terminal is.
    """
    try:
        print(text, flush=True)
    except OSError as error:
        # Python writes what is left once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise TerminalGoneError from error


def is_gone() -> bool:
    """Tell whether nobody can read any more, without writing."""
    look = select.poll()
    look.register(sys.stdout.fileno(), 0)
    return any(state & (select.POLLERR | select.POLLHUP) for _, state in look.poll(0))
