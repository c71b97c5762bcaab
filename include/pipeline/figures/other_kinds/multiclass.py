"""The figures of a model of several classes: a field is computed, stored, shown and compared."""

from typing import TYPE_CHECKING, Annotated

from include.pipeline.document import Document
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.figure import RowsFigure, figures_in
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import LARGEST_LOSS
from include.pipeline.figures.share_interval import f1_interval, wilson

if TYPE_CHECKING:
    from include.pipeline.figures.other_kinds.classified_rows import ClassifiedRows


class MulticlassFigures(Document):
    """The figures that judge a model of several classes, in the order in which they are shown."""

    accuracy: Annotated[
        float,
        RowsFigure["ClassifiedRows"](
            "Accuracy",
            lambda rows: rows.accuracy,
            interval=lambda rows: wilson(rows.accuracy, len(rows.labels)),
            difference=lambda first, second: first.accuracy_difference(second),
            in_note=True,
        ),
    ]
    """Share of right answers: rows whose own class has the highest probability."""
    macro_f1: Annotated[
        float,
        RowsFigure["ClassifiedRows"](
            "Macro F1",
            lambda rows: rows.macro_f1,
            interval=lambda rows: rows.macro_f1_interval,
            difference=lambda first, second: first.difference(first.macro_f1_parts, second.macro_f1_parts),
        ),
    ]
    """Mean of the F1 of each class, rare ones as much as frequent ones: high only where each is found, and
    what is called so is of it."""
    log_loss: Annotated[
        float,
        RowsFigure["ClassifiedRows"](
            "Log loss",
            lambda rows: rows.log_loss,
            interval=lambda rows: rows.log_loss_interval,
            difference=lambda first, second: first.difference(first.log_losses, second.log_losses),
            higher_is_better=False,
            most=LARGEST_LOSS,
        ),
    ]
    """Mean of minus the natural logarithm of the score that was given to what was observed: to be sure and
    wrong costs most, and less is better."""


class ClassFigures(Document):
    """One class against all others."""

    name: str
    """What it is called; a number where the label's values may not be seen."""
    rows: int
    """Test rows that are of it."""
    precision: float | None
    """Share of it among the rows that are predicted so; null where there are none."""
    recall: float | None
    """Share of its rows that are predicted so; null where there are none."""
    f1: float | None
    """Harmonic mean of both; null where no row is of it, or predicted so."""
    intervals: dict[str, Interval]
    """The 95 % interval of each that has one, by its name."""

    @classmethod
    def of(cls, name: str, matrix: ConfusionMatrix) -> "ClassFigures":
        """Work them out of the counts of the class against all others."""
        rows, said = matrix.tp + matrix.fn, matrix.predicted_positive
        found = {
            "precision": wilson(matrix.precision or 0, said),
            "recall": wilson(matrix.recall, rows) if rows else None,
            "f1": f1_interval(matrix),
        }
        return cls(
            name=name,
            rows=rows,
            precision=matrix.precision,
            recall=matrix.recall if rows else None,
            f1=matrix.f1 if rows or said else None,
            intervals={name: interval for name, interval in found.items() if interval},
        )


MULTICLASS_FIGURES: dict[str, RowsFigure["ClassifiedRows"]] = figures_in(MulticlassFigures, RowsFigure)
