"""What the project knows of one figure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.pipeline.figures.interval import Interval
    from include.pipeline.figures.paired_rows import PairedRows
    from include.pipeline.figures.scored_rows import ScoredRows


@dataclass(frozen=True)
class Figure:
    """A figure that judges a model."""

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
    in_trend: bool = False
    """Whether the trend over runs shows it."""
    least: float = 0
    """No model has less."""
    most: float = 1
    """No model has more; of a loss, none that was ever trained."""
    meaning: str = ""
    """What it says, in a sentence."""
