"""Several algorithms beside each other, by which the model was chosen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.documents.training.algorithm import ALGORITHMS
from include.pipeline.figures.interval import Interval

if TYPE_CHECKING:
    from include.pipeline.documents.training.contest import ContenderResult, Contest
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class ContenderCell:
    """A figure of one of them."""

    value: float | None
    difference: Interval | None
    """95 % interval of the figure less that of the chosen one; None of that one, and where no row tells."""
    is_apart: bool
    """Whether chance does not explain the difference."""


@dataclass(frozen=True)
class ContenderRow:
    """One of them."""

    title: str
    is_chosen: bool
    cells: list[ContenderCell]
    failure: str | None
    """Why it was left out, in a line."""


@dataclass(frozen=True)
class ContendersSection:
    """All of them."""

    chosen: str
    """What people call the best."""
    decided_by: str
    """The figure that decided."""
    validation_rows: int
    titles: list[str]
    """Of the figures."""
    rows: list[ContenderRow]
    is_sure: bool
    """Whether the chosen one is better than each other by more than chance."""
    one_failed: bool
    """Whether one or more was left out."""


def gather(contents: "ReportContents") -> ContendersSection | None:
    """Gather the section; None for a run of one algorithm."""
    contest = contents.contest
    if contest is None:
        return None
    known = contents.evaluation.FIGURES
    names = [name for name in known if any(name in result.figures for result in contest.results)]
    rows = [_row(result, contest, names) for result in contest.results]
    decides = names.index(contest.figure)
    others = [row.cells[decides] for row in rows if row.cells and not row.is_chosen]
    return ContendersSection(
        chosen=ALGORITHMS[contest.chosen].title,
        decided_by=known[contest.figure].title,
        validation_rows=contest.rows,
        titles=[known[name].title for name in names],
        rows=rows,
        is_sure=all(cell.is_apart for cell in others),
        one_failed=any(row.failure for row in rows),
    )


def _row(result: "ContenderResult", contest: "Contest", names: list[str]) -> ContenderRow:
    cells = []
    for name in names if result.figures else ():
        difference = result.differences.get(name)
        is_apart = difference is not None and not difference.low <= 0 <= difference.high
        cells.append(ContenderCell(result.figures.get(name), difference, is_apart))
    failure = " ".join(result.failure.split()) if result.failure else None
    return ContenderRow(
        ALGORITHMS[result.algorithm].title, result.algorithm == contest.chosen, cells, failure
    )
