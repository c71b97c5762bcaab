"""Counts of two versions, tested: where few rows are not told, in favour of no change."""

from collections.abc import Sequence

from include.pipeline.documents.drift import ShareDrift
from include.pipeline.documents.profile import ColumnProfile
from include.pipeline.figures.chance import chance_of_bins, chance_of_shares
from include.pipeline.figures.few_rows import FEWEST_ROWS


def compare_shares(
    part: int, rows: int, previous: int, previous_rows: int, *, shown: bool, more: bool = False
) -> ShareDrift:
    """Compare the share of some rows in a new version with that in the previous one.

    Args:
        part: Rows of the new version that are counted.
        rows: All its rows.
        previous: Rows of the previous version that are counted.
        previous_rows: All its rows.
        shown: False where fewer than ten rows are counted as none, and all but fewer than ten as all.
        more: Whether only a share that is higher than before is meant.
    """
    share, share_before = part / rows, previous / previous_rows
    if not shown:
        part = _nearest(part, rows, share_before)
        previous = _nearest(previous, previous_rows, share)
    chance = chance_of_shares(part, rows, previous, previous_rows, more=more)
    return ShareDrift(share=share, previous=share_before, chance=chance)


def compare_bins(counts: Sequence[int], missing: int, previous: ColumnProfile, *, shown: bool) -> float:
    """Work out how likely chance alone fills the bins of a column as differently (p-value).

    Args:
        counts: Rows of the new version in each bin of the previous one.
        missing: Its rows without a value.
        previous: The column in the previous version.
        shown: False where fewer than ten missing values are counted in the fullest bin.
    """
    if shown or (missing and previous.missing):
        return chance_of_bins((*counts, missing), (*previous.counts, previous.missing))
    # Of one version at least they are in the fullest bin. So they are of both.
    fullest = previous.counts.index(max(previous.counts))

    def joined(filled: Sequence[int], empty: int) -> list[int]:
        return [rows + empty * (at == fullest) for at, rows in enumerate(filled)]

    return chance_of_bins(joined(counts, missing), joined(previous.counts, previous.missing))


def _nearest(part: int, rows: int, share: float) -> int:
    """Take of the counts that may have been meant the one that is nearest to a share."""
    few, wanted = FEWEST_ROWS - 1, round(share * rows)
    if part == 0:
        return min(wanted, few)
    return max(wanted, rows - few) if part == rows else part
