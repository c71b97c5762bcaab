"""Which runs are compared row by row, and why others are not."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from include.pipeline.figures.paired_rows import PairedRows
from plugins.model_report.clients import TooLargeError
from plugins.model_report.comparison.paired import NotComparableError, pair_with_first
from plugins.model_report.runs import Run
from tests.plugins.model_report.evaluations import LABELS, STRONG, WEAK, evaluated

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import Evaluation
    from plugins.model_report.results import Results

RUNS = [
    Run("bank_marketing", run_id, "success", datetime(2026, 11, 1, tzinfo=UTC), tasks={}, bucket=None)
    for run_id in ("weak", "strong")
]


@dataclass
class Kept:
    """The predictions.csv of runs."""

    files: dict[str, str | None]
    asked: list[str] = field(default_factory=list)

    def predictions(self, run: Run) -> bytes | None:
        self.asked.append(run.run_id)
        found = self.files[run.run_id]
        if found == "too large":
            raise TooLargeError("It has 70000000 bytes, above 67108864.", "Look at it on S3.")
        return found.encode() if found is not None else None


def paired(*changes: dict[str, Any], files: dict[str, str | None] | None = None) -> tuple[PairedRows, Kept]:
    evaluations: list[Evaluation] = []
    kept = Kept({})
    for run, scores, changed in zip(RUNS, (WEAK, STRONG), changes or ({}, {}), strict=True):
        evaluation, predictions = evaluated(scores, **changed)
        evaluations.append(evaluation)
        kept.files[run.run_id] = predictions
    kept.files |= files or {}
    found = pair_with_first(RUNS, evaluations, cast("Results", kept))
    if found.why_not:
        raise NotComparableError(found.why_not[2])
    (pair,) = found.pairs
    assert pair is not None
    return pair, kept


def test_runs_with_the_same_test_rows_have_their_scores_read_once() -> None:
    found, kept = paired({}, {"threshold": 0.3})
    assert (found.first.labels == LABELS).all()
    assert (found.first.scores == WEAK).all()
    assert (found.second.scores == STRONG).all()
    assert (found.first.threshold, found.second.threshold) == (0.5, 0.3)
    assert kept.asked == ["weak", "strong"]


@pytest.mark.parametrize("missing", ["test_rows_sha256", "predictions_sha256"])
def test_a_run_of_an_earlier_version_is_not_compared(missing: str) -> None:
    with pytest.raises(NotComparableError, match=r"An earlier version .* evaluated strong"):
        paired({}, {missing: None})


def test_runs_with_other_test_rows_are_not_compared_though_they_count_as_many() -> None:
    same = f"2,000 rows with {LABELS.sum()} positives"
    with pytest.raises(NotComparableError, match=re.escape(f"different rows: {same}, and {same}.")):
        paired({}, {"test_rows_sha256": "00" * 32})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "are absent from S3"),
        ("label,score\n0,0.5\n", "is not the one that its evaluation wrote"),
        ("too large", "It has 70000000 bytes, above 67108864. No page reads so much."),
    ],
)
def test_scores_that_are_not_there_or_others_are_not_compared(content: str | None, why: str) -> None:
    with pytest.raises(NotComparableError, match=re.escape(why)):
        paired(files={"strong": content})
