"""The confusion matrix as the tutorial prints it."""

from include.pipeline.documents.metrics import Metrics


def confusion_table(metrics: Metrics) -> str:
    """Print the confusion matrix in the tutorial's form.

    Its percentages are column-wise: of those predicted "No Purchase", how many did not; of those predicted
    "Purchase", how many did. They are the negative predictive value and the precision.
    """
    matrix = metrics.confusion_matrix
    predicted_no, predicted_yes = matrix.tn + matrix.fn, matrix.fp + matrix.tp
    lines = [
        f"Overall Classification Rate: {metrics.accuracy:.1%}",
        "",
        f"{'Predicted':<15}{'No Purchase':<20}{'Purchase':<20}".rstrip(),
        "Observed",
        _row("No Purchase", (matrix.tn, predicted_no), (matrix.fp, predicted_yes)),
        _row("Purchase", (matrix.fn, predicted_no), (matrix.tp, predicted_yes)),
    ]
    return "\n".join(lines)


def _row(observed: str, *cells: tuple[int, int]) -> str:
    shares = [f"{count / total if total else 0:.0%} ({count})" for count, total in cells]
    return f"{observed:<15}{shares[0]:<20}{shares[1]:<20}".rstrip()
