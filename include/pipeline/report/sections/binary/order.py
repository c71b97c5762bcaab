"""Whether the order of the rows in the file carries the label."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from include.pipeline.report import formats
from include.pipeline.report.bars import column_bars

if TYPE_CHECKING:
    from include.pipeline.documents.split import RowOrder
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class OrderSection:
    """The label along the file."""

    order: "RowOrder | None"
    """What was found; None where an earlier version split the table."""
    rows: int
    """Rows of the table."""
    roc_auc: float
    """Of the run's own model, on its test rows."""
    tested_by: str | None
    """The column by which the newest rows are tested; None where they are no newer than the others."""
    plot: Markup | None
    """The rates as bars; None where the order does not carry the label."""


def gather(contents: "ReportContents") -> OrderSection:
    """Gather the section."""
    order = contents.split.order
    return OrderSection(
        order=order,
        rows=contents.split.rows,
        tested_by=contents.plan.table.time,
        roc_auc=contents.binary.roc_auc,
        plot=_plot(order) if order and order.carries_label else None,
    )


def _plot(order: "RowOrder") -> Markup:
    told = [formats.percent(rate, 1) for rate in order.rates]
    return column_bars(
        [f"Part {number} of {len(order.rates)}" for number in range(1, len(order.rates) + 1)],
        [round(100 * rate, 1) for rate in order.rates],
        name="order",
        alternative=f"Positives in percent, by part of the file from its first rows to its last: "
        f"{', '.join(told)}.",
    )
