"""Each class: how well it is found, and what it is taken for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from include.pipeline.documents.metrics import MulticlassEvaluation
from include.pipeline.figures.few_rows import is_few
from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars, label, stand_in
from include.pipeline.report.svg import FIRST, INK, WIDTH, inline_svg

if TYPE_CHECKING:
    from include.pipeline.figures.other_kinds.multiclass import ClassFigures
    from include.pipeline.report.contents import ReportContents

_MOST_IN_A_TABLE = 12
_MOST_CONFUSIONS = 20
_MOST_BARS = 25


@dataclass(frozen=True)
class Confusion:
    """Rows of one class that are taken for another."""

    observed: str
    predicted: str
    rows: int
    share: float
    """Of the rows of the class."""


@dataclass(frozen=True)
class ClassesSection:
    """All classes."""

    classes: "tuple[ClassFigures, ...]"
    counts: tuple[tuple[int, ...], ...]
    """Rows by observed and predicted class; nothing where a table has no room for as many classes."""
    confusions: list[Confusion]
    """The most frequent ones, where there is no room for all."""
    plots: dict[str, Markup]
    """By their titles."""


def gather(contents: "ReportContents") -> ClassesSection:
    """Gather the section.

    Raises:
        TypeError: The label is of another kind.
    """
    evaluation = contents.evaluation
    if not isinstance(evaluation, MulticlassEvaluation):
        raise TypeError(f"kind: {evaluation.kind}")
    told = [each for each in evaluation.classes if contents.few_rows_shown or not is_few(each.rows)]
    plots = {}
    if told:
        plots["F1 of each class"] = _f1_bars(sorted(told, key=lambda each: -(each.f1 or 0))[:_MOST_BARS])
    is_small = len(evaluation.classes) <= _MOST_IN_A_TABLE
    if is_small:
        plots["Observed and predicted"] = _map(evaluation, few_shown=contents.few_rows_shown)
    return ClassesSection(
        classes=evaluation.classes,
        counts=evaluation.counts if is_small else (),
        confusions=[] if is_small else _confusions(evaluation),
        plots=plots,
    )


def _confusions(evaluation: MulticlassEvaluation) -> list[Confusion]:
    found = [
        Confusion(one.name, other.name, rows, rows / one.rows)
        for one, counts in zip(evaluation.classes, evaluation.counts, strict=True)
        for other, rows in zip(evaluation.classes, counts, strict=True)
        if rows and one is not other
    ]
    return sorted(found, key=lambda confusion: -confusion.rows)[:_MOST_CONFUSIONS]


def _f1_bars(classes: "list[ClassFigures]") -> Markup:
    worst = classes[-1]
    return column_bars(
        [each.name for each in classes],
        [each.f1 or 0 for each in classes],
        name="f1",
        alternative=f"F1 of {len(classes)} classes, as bars. The lowest is that of "
        f"{formats.printable(worst.name)}, {worst.f1 or 0:.3f}.",
    )


def _map(evaluation: MulticlassEvaluation, *, few_shown: bool) -> Markup:
    """Draw the share of each class that is predicted as each: the darker, the larger."""
    classes = evaluation.classes
    size = len(classes)
    names = {stand_in(place): label(each.name, 14) for place, each in enumerate(classes)}

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, WIDTH * 0.8))
        axes = figure.add_axes((0.24, 0.14, 0.73, 0.8))
        for row, (each, counts) in enumerate(zip(classes, evaluation.counts, strict=True)):
            for column, count in enumerate(counts):
                is_told = each.rows and (few_shown or not (is_few(count) or is_few(each.rows)))
                share = count / each.rows if is_told else 0.0
                axes.add_patch(
                    Rectangle((column, row), 1, 1, facecolor=FIRST, alpha=0.75 * share, edgecolor="none")
                )
                if is_told and count:
                    text = formats.percent(share)
                    axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=INK, fontsize=9)
        axes.set(xlim=(0, size), ylim=(size, 0), xlabel="Predicted, in the same order", ylabel="")
        axes.set_yticks([row + 0.5 for row in range(size)], [stand_in(row) for row in range(size)])
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.grid(visible=False)
        return figure

    right = sum(evaluation.counts[place][place] for place in range(size))
    return inline_svg(
        draw,
        name="classes",
        alternative=f"Share of each of {size} classes that is predicted as each. On the diagonal are the "
        f"right answers, {formats.percent(right / evaluation.rows)} of all rows.",
        texts=names,
    )
