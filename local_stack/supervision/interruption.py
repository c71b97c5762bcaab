"""The signals by which a person, a terminal or another program ends what runs in the foreground."""

import signal
import sys
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SECONDS_UNTIL_AGAIN = 0.05


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

    Where Python drops what is raised, as in the callback of a weak reference, it is raised again after it.

    Args:
        also: Heeded even where whoever started this process has them ignored, as shells do with
            SIGINT in the background, and `nohup` with SIGHUP.
    """
    for number in _NUMBERS:
        if number in also or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _raise)
    sys.unraisablehook = _raise_again


def _raise(number: int, _frame: FrameType | None) -> None:
    for other in _NUMBERS:
        signal.signal(other, signal.SIG_IGN)
    raise InterruptionError(number)


def _raise_again(dropped: "sys.UnraisableHookArgs") -> None:
    interruption = dropped.exc_value
    if not isinstance(interruption, InterruptionError):
        sys.__unraisablehook__(dropped)
        return
    signal.signal(signal.SIGALRM, lambda *_: _raise(interruption.number, None))
    signal.setitimer(signal.ITIMER_REAL, _SECONDS_UNTIL_AGAIN)
