"""What the project knows of one figure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from include.pipeline.document import Document

if TYPE_CHECKING:
    from include.pipeline.figures.interval import Interval
    from include.pipeline.figures.paired_rows import PairedRows
    from include.pipeline.figures.scored_rows import ScoredRows

R = TypeVar("R")


class ShownFigure(Protocol):
    """What is told of a figure, of whichever kind of label it is."""

    @property
    def title(self) -> str:
        """How it is called where people read it."""

    @property
    def meaning(self) -> str:
        """What it says, in a sentence."""

    @property
    def higher_is_better(self) -> bool:
        """Whether a higher one is better."""

    @property
    def in_note(self) -> bool:
        """Whether it is the one that a run's note tells."""

    @property
    def in_trend(self) -> bool:
        """Whether the trend over runs shows it."""

    @property
    def least(self) -> float:
        """No model has less."""

    @property
    def most(self) -> float:
        """No model has more."""


@dataclass(frozen=True)
class RowsFigure(Generic[R]):
    """A figure of a label that is no 0 or 1. Its baseline is itself, of what a constant would answer."""

    title: str
    """How it is called where people read it."""
    of: Callable[[R], float | None]
    """Computes it; None where it is not defined."""
    interval: Callable[[R], "Interval | None"]
    """Computes its 95 % interval; None where there is none."""
    difference: Callable[[R, R], "Interval | None"]
    """Computes the 95 % interval of a second model's less that of a first, on the same rows."""
    higher_is_better: bool = True
    in_note: bool = False
    """Whether it is the one that a run's note tells."""
    in_trend: bool = True
    """Whether the trend over runs shows it."""
    least: float = 0
    """No model has less."""
    most: float = 1
    """No model has more; of a loss, none that was ever trained."""
    meaning: str = ""
    """What it says, in a sentence."""


def figures_in(document: type[Document], kind: type[Any]) -> dict[str, Any]:
    """List the figures that are noted at the fields of a document, each with its field's meaning."""
    return {
        name: replace(figure, meaning=" ".join((field.description or "").split()))
        for name, field in document.model_fields.items()
        for figure in field.metadata
        if isinstance(figure, kind)
    }


@dataclass(frozen=True)
class Figure:
    """A figure that judges a model of a label of 0 and 1."""

    title: str
    """How it is called where people read it."""
    of: Callable[["ScoredRows"], float | None]
    """Computes it; None where it is not defined."""
    interval: Callable[["ScoredRows"], "Interval | None"]
    """Computes its 95 % interval; None where there is none."""
    difference: Callable[["PairedRows"], "Interval | None"]
    """Computes the 95 % interval of a second model's less that of a first; None where there is none."""
    baseline: Callable[[float], float]
    """Its value without a model, by the share of positives, which is above 0 and below 1.

    Without a model, the more frequent class is predicted for every row, with the share of positives as score;
    of precision, which is not defined where that is negative, rows are called at random.
    """
    at_threshold: bool = False
    """Whether it is of the rows as they are predicted at the threshold, not of their scores."""
    higher_is_better: bool = True
    in_note: bool = False
    """Whether it is the one that a run's note tells."""
    in_trend: bool = False
    """Whether the trend over runs shows it."""
    least: float = 0
    """No model has less."""
    most: float = 1
    """No model has more; of a loss, none that was ever trained."""
    meaning: str = ""
    """What it says, in a sentence."""
