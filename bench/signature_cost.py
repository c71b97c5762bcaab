"""What verifying signatures costs InvokeEndpoint: requests a second with and without it, in turns."""

import statistics

from bench.figures import Figure, show
from bench.invoke_load import first_row, load
from bench.tutorial import deployed

_TURNS = 20
_SECONDS = 1
_LEAST = 0.9


def _pairs(row: str, *, is_verifying_first: bool) -> list[tuple[float, float]]:
    """Return pairs of requests a second: with verification, and without it."""
    options: tuple[tuple[str, ...], tuple[str, ...]] = ((), ("--accept-any-signature",))
    one, other = options if is_verifying_first else options[::-1]
    with deployed(*one) as first, deployed(*other) as second:
        verifying, trusting = (first, second) if is_verifying_first else (second, first)
        for aws in (first, second):
            load(aws, row, 2)  # to warm up
        pairs = []
        for turn in range(_TURNS):
            order = (verifying, trusting) if turn % 2 else (trusting, verifying)
            found = {aws: load(aws, row, _SECONDS).requests_a_second for aws in order}
            pairs.append((found[verifying], found[trusting]))
    return pairs


def main() -> None:
    """Print the figures: medians of the turns, and of the ratios of each pair of turns."""
    row = first_row()
    # Of two equal servers the one that was started first was seen to be slower by a twentieth.
    pairs = _pairs(row, is_verifying_first=True) + _pairs(row, is_verifying_first=False)
    with_check, without = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(checked / unchecked for checked, unchecked in pairs)
    show(
        [
            Figure("InvokeEndpoint, one row, signatures verified", with_check, "requests/s"),
            Figure("InvokeEndpoint, one row, any signature taken", without, "requests/s"),
            Figure("InvokeEndpoint, one row: verified against any", ratio, "x", at_least=_LEAST),
        ]
    )


if __name__ == "__main__":
    main()
