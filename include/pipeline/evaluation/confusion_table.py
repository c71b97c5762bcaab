"""The confusion matrix as the tutorial prints it."""

from include.pipeline.documents.metrics import Metrics
from include.pipeline.figures.few_rows import FEWEST_ROWS, is_few


def confusion_table(metrics: Metrics, *, few_rows_shown: bool) -> str:
    """Print the confusion matrix in the tutorial's form.

    Purchase is the positive class. The percentages are shares of each column: of the rows predicted "No
    Purchase" (their diagonal is the negative predictive value) and of those predicted "Purchase" (precision).

    Args:
        metrics: Have the matrix.
        few_rows_shown: Whether a cell of fewer than ten rows may be seen.
    """
    matrix = metrics.confusion_matrix
    predicted_negative, predicted_positive = matrix.tn + matrix.fn, matrix.fp + matrix.tp
    lines = [
        f"Overall Classification Rate: {metrics.accuracy:.1%}",
        "",
        f"{'Predicted':<15}{'No Purchase':<20}{'Purchase':<20}".rstrip(),
        "Observed",
        _row("No Purchase", (matrix.tn, predicted_negative), (matrix.fp, predicted_positive), few_rows_shown),
        _row("Purchase", (matrix.fn, predicted_negative), (matrix.tp, predicted_positive), few_rows_shown),
    ]
    return "\n".join(lines)


def _row(observed: str, negative: tuple[int, int], positive: tuple[int, int], few_rows_shown: bool) -> str:
    shares = [
        f"(under {FEWEST_ROWS})"
        if is_few(count) and not few_rows_shown
        else f"{count / total if total else 0:.0%} ({count})"
        for count, total in (negative, positive)
    ]
    return f"{observed:<15}{shares[0]:<20}{shares[1]:<20}".rstrip()
