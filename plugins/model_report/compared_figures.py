"""The figures of two runs side by side, and whether chance explains where they differ."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from include.pipeline.documents.metrics import Evaluation, ModelEvaluation
from include.pipeline.figures.few_rows import is_few
from include.pipeline.figures.figure import Figure, RowsFigure, ShownFigure
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.report import formats
from plugins.model_report.paired import AnsweredRows

if TYPE_CHECKING:
    from include.pipeline.figures.paired_rows import PairedRows
    from plugins.model_report.comparison import ProfitBy
    from plugins.model_report.paired import Pair

Verdict = Literal["better", "worse", "same", "undecided", "unknown"]


@dataclass(frozen=True)
class FigureRow:
    """One figure of two runs. A run that was evaluated before the project had the figure has None."""

    name: str
    """Name of its field in metrics.json; `profit` is what all rows bring at the threshold."""
    title: str
    meaning: str
    first: float | None
    second: float | None
    intervals: tuple[Interval | None, Interval | None]
    """The 95 % interval of each run."""
    difference: float | None = None
    """Second minus first; None where the runs are not comparable."""
    difference_interval: Interval | None = None
    """Its 95 % interval, from the same rows."""
    verdict: Verdict = "unknown"
    """How the second compares; undecided where the interval holds 0, so that it may be chance."""
    is_money: bool = False


@dataclass(frozen=True)
class FigureTable:
    """Figures that belong together."""

    title: str
    rows: list[FigureRow]


def compare_figures(
    first: ModelEvaluation, second: ModelEvaluation, pair: "Pair | None" = None
) -> list[FigureRow]:
    """Compare the second run with the first, figure by figure, each at its own threshold.

    Args:
        first: Figures of the first run.
        second: Those of the second.
        pair: What they answered for the same rows; None where they are not comparable.
    """
    return [
        _row(
            name,
            figure,
            (getattr(first, name), getattr(second, name)),
            (first.intervals.get(name), second.intervals.get(name)),
            pair,
        )
        for name, figure in first.FIGURES.items()
    ]


def figure_tables(
    first: ModelEvaluation,
    second: ModelEvaluation,
    pair: "Pair | None" = None,
    costs: "ProfitBy | None" = None,
) -> list[FigureTable]:
    """Compare two runs: their answers; of a label of 0 and 1, also at their thresholds, and at one.

    Args:
        first: Figures of the first run.
        second: Those of the second.
        pair: The scores that they gave to the same rows; None where they are not comparable.
        costs: By which both are judged; None where they are not known.
    """
    rows = compare_figures(first, second, pair)
    if not (isinstance(first, Evaluation) and isinstance(second, Evaluation)):
        return [FigureTable("What the models answered", rows)]
    scored = None if isinstance(pair, AnsweredRows) else pair
    own = [row for row in rows if FIGURES[row.name].at_threshold]
    shown = first.few_rows_shown and second.few_rows_shown
    if scored and costs and (shown or not _tells_few(scored)):
        own.append(_profit_row(scored, costs))
    thresholds = [formats.threshold(each.threshold) for each in (first, second)]
    is_one = first.threshold == second.threshold
    of_own = f"At the threshold of both, {thresholds[0]}"
    tables = [
        FigureTable("The scores, without a threshold", [row for row in rows if row not in own]),
        FigureTable(of_own if is_one else f"At each run's own threshold, {' and '.join(thresholds)}", own),
    ]
    if scored and not is_one:
        which = "first" if first.threshold <= 1 else "second"
        at_one = scored.at(first.threshold if which == "first" else second.threshold)
        title = (
            f"At one threshold for both, {formats.threshold(at_one.first.threshold)}, that of the {which} run"
        )
        if shown or not _tells_few(at_one):
            tables.append(FigureTable(title, _rows_at(at_one, costs)))
    return tables


def _tells_few(pair: "PairedRows") -> bool:
    """Tell whether figures at the thresholds are of one to nine rows, which not everybody may count."""
    matrices = (pair.first.confusion_matrix, pair.second.confusion_matrix)
    return any(is_few(count) for matrix in matrices for count in (matrix.tp, matrix.predicted_positive))


def _rows_at(pair: "PairedRows", costs: "ProfitBy | None") -> list[FigureRow]:
    both = (pair.first, pair.second)
    rows = [
        _row(
            name,
            figure,
            (figure.of(both[0]), figure.of(both[1])),
            (figure.interval(both[0]), figure.interval(both[1])),
            pair,
        )
        for name, figure in FIGURES.items()
        if figure.at_threshold
    ]
    return [*rows, _profit_row(pair, costs)] if costs else rows


def _row(
    name: str,
    figure: ShownFigure,
    values: tuple[float | None, float | None],
    intervals: tuple[Interval | None, Interval | None],
    pair: "Pair | None",
) -> FigureRow:
    one, other = values
    row = FigureRow(name, figure.title, figure.meaning, one, other, intervals)
    if pair is None or one is None or other is None:
        return row
    interval = _difference(figure, pair)
    verdict = _verdict(other - one, interval, higher_is_better=figure.higher_is_better)
    return replace(row, difference=other - one, difference_interval=interval, verdict=verdict)


def _difference(figure: ShownFigure, pair: "Pair") -> Interval | None:
    if isinstance(pair, AnsweredRows):
        return figure.difference(pair.first, pair.second) if isinstance(figure, RowsFigure) else None
    return figure.difference(pair) if isinstance(figure, Figure) else None


def _profit_row(pair: "PairedRows", costs: "ProfitBy") -> FigureRow:
    # numpy and scipy, once a page asks for them.
    from include.pipeline.figures.business.profit import profit_interval, profits

    values = costs.values
    one, other = (float(profits(rows, values).sum()) for rows in (pair.first, pair.second))
    interval = pair.profit(values)
    return FigureRow(
        name="profit",
        title="Profit",
        meaning=str(costs),
        first=one,
        second=other,
        intervals=(profit_interval(pair.first, values), profit_interval(pair.second, values)),
        difference=other - one,
        difference_interval=interval,
        verdict=_verdict(other - one, interval, higher_is_better=True),
        is_money=True,
    )


def _verdict(difference: float, interval: Interval | None, *, higher_is_better: bool) -> Verdict:
    if difference == 0:
        return "same"
    if interval is None or interval.low <= 0 <= interval.high:
        return "undecided"
    return "better" if (difference > 0) == higher_is_better else "worse"
