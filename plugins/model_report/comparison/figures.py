"""The figures of runs side by side, and whether chance explains where they differ from the first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from include.pipeline.documents.metrics import Evaluation, ModelEvaluation
from include.pipeline.figures.few_rows import is_few
from include.pipeline.figures.figure import Figure, RowsFigure, ShownFigure
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.report import formats
from plugins.model_report.comparison.paired import AnsweredRows

if TYPE_CHECKING:
    from include.pipeline.figures.paired_rows import PairedRows
    from include.pipeline.figures.scored_rows import ScoredRows
    from plugins.model_report.comparison.paired import Pair
    from plugins.model_report.comparison.params_and_features import ProfitBy

Verdict = Literal["better", "worse", "same", "undecided", "unknown"]
Pairs: TypeAlias = "Sequence[Pair | None]"
"""What the first run answered beside what each later one did; None where they are not comparable."""
ScoredPairs: TypeAlias = "Sequence[PairedRows | None]"
"""The same of a label of 0 and 1."""


@dataclass(frozen=True)
class FigureCell:
    """A figure of one run. A run that was evaluated before the project had the figure has None."""

    value: float | None
    interval: Interval | None = None
    """Its 95 % interval."""
    difference: float | None = None
    """What it has more than the first run; None for that one, and where the two are not comparable."""
    difference_interval: Interval | None = None
    """Its 95 % interval, from the same rows."""
    verdict: Verdict = "unknown"
    """How it compares with the first; undecided where the interval holds 0, so that it may be chance."""


@dataclass(frozen=True)
class FigureRow:
    """One figure of all runs."""

    name: str
    """Name of its field in metrics.json; `calls` tells how many rows are called, `profit` what all bring."""
    title: str
    meaning: str
    cells: tuple[FigureCell, ...]
    """One of each run."""
    unit: Literal["", "money", "rows"] = ""


@dataclass(frozen=True)
class FigureTable:
    """Figures that belong together."""

    title: str
    rows: list[FigureRow]


def compare_figures(evaluations: Sequence[ModelEvaluation], pairs: Pairs = ()) -> list[FigureRow]:
    """Compare runs with the first, figure by figure, each at its own threshold.

    Args:
        evaluations: Figures of each run.
        pairs: Of each run but the first; empty where none is comparable.
    """
    compared = pairs or [None] * (len(evaluations) - 1)
    return [
        FigureRow(
            name,
            figure.title,
            figure.meaning,
            _cells(
                [FigureCell(getattr(each, name), each.intervals.get(name)) for each in evaluations],
                compared,
                partial(_difference, figure),
                higher_is_better=figure.higher_is_better,
            ),
        )
        for name, figure in evaluations[0].FIGURES.items()
    ]


def figure_tables(
    evaluations: Sequence[ModelEvaluation], pairs: Pairs = (), costs: "ProfitBy | None" = None
) -> list[FigureTable]:
    """Compare runs: what they answered; of a label of 0 and 1, also at their thresholds, and at one.

    Args:
        evaluations: Figures of each run.
        pairs: Of each run but the first; empty where none is comparable.
        costs: By which all are judged; None where they are not known.
    """
    rows = compare_figures(evaluations, pairs)
    binary = [each for each in evaluations if isinstance(each, Evaluation)]
    if len(binary) < len(evaluations):
        return [FigureTable("What the models answered", rows)]
    scored_pairs = [None if isinstance(pair, AnsweredRows) else pair for pair in pairs]
    return _binary_tables(rows, binary, scored_pairs, costs)


def _binary_tables(
    rows: list[FigureRow],
    evaluations: Sequence[Evaluation],
    pairs: ScoredPairs,
    costs: "ProfitBy | None",
) -> list[FigureTable]:
    scored = next((pair.first for pair in pairs if pair), None)
    own = [row for row in rows if FIGURES[row.name].at_threshold]
    shown = all(each.few_rows_shown for each in evaluations)
    own.append(_calls_row(evaluations))
    if scored and costs and (shown or not _tells_few(pairs)):
        own.append(_profit_row(scored, pairs, costs))
    thresholds = [formats.threshold(each.threshold) for each in evaluations]
    whom = "both" if len(evaluations) == 2 else "all"  # noqa: PLR2004 - a pair
    is_one = len({each.threshold for each in evaluations}) == 1
    of_own = f"At the threshold of {whom}, {thresholds[0]}"
    tables = [
        FigureTable("The scores, without a threshold", [row for row in rows if row not in own]),
        FigureTable(of_own if is_one else f"At each run's own threshold, {', '.join(thresholds)}", own),
    ]
    if scored and not is_one:
        which = next((place for place, each in enumerate(evaluations) if each.threshold <= 1), 0)
        at_one = [pair and pair.at(evaluations[which].threshold) for pair in pairs]
        title = f"At one threshold for {whom}, {thresholds[which]}, that of run {which + 1}"
        if shown or not _tells_few(at_one):
            tables.append(FigureTable(title, _rows_at(at_one, costs)))
    return tables


def _tells_few(pairs: ScoredPairs) -> bool:
    """Tell whether figures at the thresholds are of one to nine rows, which not everybody may count."""
    matrices = [rows.confusion_matrix for pair in pairs if pair for rows in (pair.first, pair.second)]
    return any(is_few(count) for matrix in matrices for count in (matrix.tp, matrix.predicted_positive))


def _rows_at(pairs: ScoredPairs, costs: "ProfitBy | None") -> list[FigureRow]:
    first = next(pair.first for pair in pairs if pair)
    rows = [
        FigureRow(
            name,
            figure.title,
            figure.meaning,
            _cells(
                [
                    FigureCell(figure.of(scored), figure.interval(scored)) if scored else FigureCell(None)
                    for scored in (first, *(pair and pair.second for pair in pairs))
                ],
                pairs,
                partial(_difference, figure),
                higher_is_better=figure.higher_is_better,
            ),
        )
        for name, figure in FIGURES.items()
        if figure.at_threshold
    ]
    return [*rows, _profit_row(first, pairs, costs)] if costs else rows


def _cells(
    cells: Sequence[FigureCell],
    pairs: Pairs,
    difference: "Callable[[Pair], Interval | None]",
    *,
    higher_is_better: bool,
) -> tuple[FigureCell, ...]:
    first = cells[0]
    compared = [first]
    for cell, pair in zip(cells[1:], pairs, strict=True):
        if pair is None or first.value is None or cell.value is None:
            compared.append(cell)
            continue
        more, interval = cell.value - first.value, difference(pair)
        verdict = _verdict(more, interval, higher_is_better=higher_is_better)
        compared.append(replace(cell, difference=more, difference_interval=interval, verdict=verdict))
    return tuple(compared)


def _difference(figure: ShownFigure, pair: "Pair") -> Interval | None:
    if isinstance(pair, AnsweredRows):
        return figure.difference(pair.first, pair.second) if isinstance(figure, RowsFigure) else None
    return figure.difference(pair) if isinstance(figure, Figure) else None


def _calls_row(evaluations: Sequence[Evaluation]) -> FigureRow:
    cells = [FigureCell(float(each.confusion_matrix.predicted_positive)) for each in evaluations]
    return FigureRow(
        "calls",
        "Predicted positive",
        "Rows of which something is done: the number of calls.",
        tuple(cells),
        "rows",
    )


def _profit_row(first: "ScoredRows", pairs: ScoredPairs, costs: "ProfitBy") -> FigureRow:
    # numpy and scipy, once a page asks for them.
    from include.pipeline.figures.business.profit import profit_interval, profits

    values = costs.values

    def profit_of(pair: "Pair") -> Interval | None:
        return None if isinstance(pair, AnsweredRows) else pair.profit(values)

    cells = [
        FigureCell(float(profits(rows, values).sum()), profit_interval(rows, values))
        if rows
        else FigureCell(None)
        for rows in (first, *(pair and pair.second for pair in pairs))
    ]
    return FigureRow(
        name="profit",
        title="Profit",
        meaning=str(costs),
        cells=_cells(cells, pairs, profit_of, higher_is_better=True),
        unit="money",
    )


def _verdict(difference: float, interval: Interval | None, *, higher_is_better: bool) -> Verdict:
    if difference == 0:
        return "same"
    if interval is None or interval.low <= 0 <= interval.high:
        return "undecided"
    return "better" if (difference > 0) == higher_is_better else "worse"
