"""What verifying signatures costs InvokeEndpoint: requests a second with and without it, in turns."""

import statistics

from bench.figures import Figure, show
from bench.invoke_load import first_row, load
from bench.turns import in_turns, median_ratio
from bench.tutorial import deployed

_TURNS = 20
_SECONDS = 1
_LEAST = 0.9


def _rates(row: str, *, is_verifying_first: bool) -> tuple[list[float], list[float]]:
    """Return the requests a second of each turn: with verification, and without it."""
    options: tuple[tuple[str, ...], tuple[str, ...]] = ((), ("--accept-any-signature",))
    one, other = options if is_verifying_first else options[::-1]
    with deployed(*one) as first, deployed(*other) as second:
        verifying, trusting = (first, second) if is_verifying_first else (second, first)
        for aws in (first, second):
            load(aws, row, 2)  # to warm up
        ways = {
            "verifying": lambda: load(verifying, row, _SECONDS).requests_a_second,
            "trusting": lambda: load(trusting, row, _SECONDS).requests_a_second,
        }
        found = in_turns(ways, _TURNS)
    return found["verifying"], found["trusting"]


def main() -> None:
    """Print the figures: medians of the turns, and of the ratios of each pair of turns."""
    row = first_row()
    # Of two equal servers the one that was started first was seen to be slower by a twentieth.
    found = (_rates(row, is_verifying_first=True), _rates(row, is_verifying_first=False))
    checked, unchecked = (one + other for one, other in zip(*found, strict=True))
    show(
        [
            Figure("InvokeEndpoint, one row, signatures verified", statistics.median(checked), "requests/s"),
            Figure(
                "InvokeEndpoint, one row, any signature taken", statistics.median(unchecked), "requests/s"
            ),
            Figure(
                "InvokeEndpoint, one row: verified against any",
                median_ratio(checked, unchecked),
                "x",
                at_least=_LEAST,
            ),
        ]
    )


if __name__ == "__main__":
    main()
