"""What a terminal shows of a model: the confusion matrix as the tutorial prints it, or its figures."""

from include.pipeline.documents.metrics import Metrics, ModelMetrics, MulticlassMetrics
from include.pipeline.documents.table.words import Words
from include.pipeline.figures.few_rows import FEWEST_ROWS, is_few

_MOST_CLASSES = 12
_LONGEST_NAME = 20


def figures_table(metrics: ModelMetrics, words: Words, *, few_rows_shown: bool) -> str:
    """Print what a model of any kind of label is worth on the test rows.

    Args:
        metrics: Of the model.
        words: What the outcomes of a label of 0 and 1 are called.
        few_rows_shown: Whether a cell of fewer than ten rows may be seen.
    """
    if isinstance(metrics, Metrics):
        return confusion_table(metrics, words, few_rows_shown=few_rows_shown)
    lines = [
        f"{figure.title:<10}{getattr(metrics, name):>14.5g}   baseline {metrics.without_model(name):.5g}"
        for name, figure in metrics.FIGURES.items()
        if getattr(metrics, name) is not None
    ]
    if isinstance(metrics, MulticlassMetrics) and len(metrics.classes) <= _MOST_CLASSES:
        lines += ["", *_classes(metrics, few_rows_shown)]
    return "\n".join(lines)


def _classes(metrics: MulticlassMetrics, few_rows_shown: bool) -> list[str]:
    names = [each.name[:_LONGEST_NAME] for each in metrics.classes]
    width = max(11, *(len(name) + 2 for name in names))
    table = [
        ["Predicted", *names],
        ["Observed"],
        *(
            [
                name,
                *(
                    f"(under {FEWEST_ROWS})" if is_few(count) and not few_rows_shown else str(count)
                    for count in counts
                ),
            ]
            for name, counts in zip(names, metrics.counts, strict=True)
        ),
    ]
    return ["".join(f"{cell:<{width}}" for cell in row).rstrip() for row in table]


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
