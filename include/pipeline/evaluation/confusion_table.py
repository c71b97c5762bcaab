"""The confusion matrix as the tutorial prints it."""

from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.table.words import Words
from include.pipeline.figures.few_rows import FEWEST_ROWS, is_few


def confusion_table(metrics: Metrics, words: Words, *, few_rows_shown: bool) -> str:
    """Print the confusion matrix in the tutorial's form.

    The percentages are shares of each column: of the rows predicted negative (their diagonal is the negative
    predictive value) and of those predicted positive (precision).

    Args:
        metrics: Have the matrix.
        words: What the two outcomes are called.
        few_rows_shown: Whether a cell of fewer than ten rows may be seen.
    """
    matrix = metrics.confusion_matrix
    totals = matrix.tn + matrix.fn, matrix.fp + matrix.tp
    names = words.negative, words.positive
    first, other = max(15, *(len(name) + 2 for name in names)), max(20, *(len(name) + 2 for name in names))
    table = [
        ("Predicted", *names),
        ("Observed",),
        *(
            (observed, *(_cell(*cell, few_rows_shown) for cell in zip(counts, totals, strict=True)))
            for observed, counts in zip(names, ((matrix.tn, matrix.fp), (matrix.fn, matrix.tp)), strict=True)
        ),
    ]
    lines = ["".join([f"{row[0]:<{first}}", *(f"{cell:<{other}}" for cell in row[1:])]) for row in table]
    return "\n".join(
        [f"Overall Classification Rate: {metrics.accuracy:.1%}", "", *(line.rstrip() for line in lines)]
    )


def _cell(count: int, total: int, few_rows_shown: bool) -> str:
    if is_few(count) and not few_rows_shown:
        return f"(under {FEWEST_ROWS})"
    return f"{count / total if total else 0:.0%} ({count})"
