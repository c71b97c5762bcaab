"""The signals by which a person, a terminal or another program ends what runs in the foreground."""

import signal
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class InterruptionError(BaseException):
    """Ctrl-C, a plain `kill`, or the end of the terminal.

    KeyboardInterrupt would not do: where one passes through `exec`, as dataclasses use it, Python ends
    `python -m` by the signal and not with our exit code, although it was caught.

    Args:
        number: The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def raise_on_signals(*also: signal.Signals) -> None:
    """Raise InterruptionError at the first of these signals, and ignore the others: the end is on its way.

    Args:
        also: Heeded even where whoever started this process has them ignored, as shells do with
            SIGINT in the background, and `nohup` with SIGHUP.
    """
    for number in _NUMBERS:
        if number in also or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)


def _raise(number: int, _frame: FrameType | None) -> None:
    for other in _NUMBERS:
        signal.signal(other, signal.SIG_IGN)
    raise InterruptionError(number)
