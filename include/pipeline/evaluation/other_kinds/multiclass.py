"""How good predictions of one of several classes are."""

from collections.abc import Sequence
from typing import Any

from include.pipeline.documents.metrics import MulticlassEvaluation
from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows
from include.pipeline.figures.other_kinds.multiclass import MULTICLASS_FIGURES, ClassFigures


def evaluate_classes(rows: ClassifiedRows, names: Sequence[str], **common: Any) -> MulticlassEvaluation:
    """Work out metrics.json of a label of several classes.

    Args:
        rows: Labels and scores of the test rows.
        names: What the classes are called, in the order of the scores.
        common: What metrics.json has whatever the label is.
    """
    constant = rows.by_shares()
    intervals = {name: figure.interval(rows) for name, figure in MULTICLASS_FIGURES.items()}
    return MulticlassEvaluation(
        rows=len(rows.labels),
        baseline={name: figure.of(constant) for name, figure in MULTICLASS_FIGURES.items()},
        classes=tuple(
            ClassFigures.of(name, rows.one_against_the_others(label)) for label, name in enumerate(names)
        ),
        counts=tuple(tuple(row) for row in rows.counts.tolist()),
        intervals={name: interval for name, interval in intervals.items() if interval},
        **{name: figure.of(rows) for name, figure in MULTICLASS_FIGURES.items()},
        **common,
    )
