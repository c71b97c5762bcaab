"""Figures by group, as the YAML asks for them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.figures.few_rows import is_few
from include.pipeline.figures.interval import Interval
from include.pipeline.figures.share_interval import wilson

if TYPE_CHECKING:
    from include.pipeline.documents.metrics import GroupFigures
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class Share:
    """So many rows of so many."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class GroupRow:
    """One group. A share is None where it is not defined, or tells of few rows that may not be counted."""

    name: str
    rows: int
    positive: Share | None
    """Rows whose label is 1."""
    called: Share | None
    """Rows that are predicted positive."""
    recall: Share | None
    precision: Share | None


@dataclass(frozen=True)
class GroupsSection:
    """The groups of each column."""

    tables: dict[str, list[GroupRow]]
    """By the column; empty where the YAML asks for none, or an earlier version evaluated the run."""
    threshold: float


def gather(contents: "ReportContents") -> GroupsSection:
    """Gather the section."""
    tables: dict[str, list[GroupRow]] = {}
    for group in contents.binary.groups:
        tables.setdefault(group.by, []).append(_row(group, few_shown=contents.few_rows_shown))
    return GroupsSection(tables=tables, threshold=contents.binary.threshold)


def _row(group: "GroupFigures", *, few_shown: bool) -> GroupRow:
    matrix = group.confusion_matrix
    positives = matrix.tp + matrix.fn

    def share(part: int, whole: int) -> Share | None:
        if not few_shown and any(is_few(count) for count in (part, whole - part, whole)):
            return None
        interval = wilson(part / whole, whole) if whole else None
        return Share(part / whole, interval) if interval else None

    return GroupRow(
        name=group.name,
        rows=matrix.rows,
        positive=share(positives, matrix.rows),
        called=share(matrix.predicted_positive, matrix.rows),
        recall=share(matrix.tp, positives),
        precision=share(matrix.tp, matrix.predicted_positive),
    )
