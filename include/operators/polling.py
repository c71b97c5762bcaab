"""How long to wait between two looks at something on SageMaker."""

import time
from collections.abc import Iterator


def looks(longest: float) -> Iterator[float]:
    """Pause between looks: a second at first, then a tenth of the time waited so far.

    A job of seconds is seen to end within a second, one of hours costs no more calls than it must.

    Args:
        longest: Seconds between two looks at the most.

    Yields:
        The seconds waited so far, at once for the first look and after each pause.
    """
    started = time.monotonic()
    while True:
        waited = time.monotonic() - started
        yield waited
        time.sleep(min(longest, max(1.0, waited / 10)))
