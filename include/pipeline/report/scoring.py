"""report.html of a run that scored new rows: how many, how their scores lie, how like before they are."""

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from include.pipeline.aws import prices
from include.pipeline.aws.object_store import write_object
from include.pipeline.data.drift import feature_warnings
from include.pipeline.figures.few_rows import is_few
from include.pipeline.report import formats
from include.pipeline.report.page import TEMPLATES, styles
from include.pipeline.report.svg import AXES, FIRST, HEIGHT, SECOND, WIDTH, inline_svg

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from include.pipeline.documents.scoring.plan import ScorePlan
    from include.pipeline.documents.scoring.rows import Scoring

_MOST_COLUMNS = 15


def write_scoring_report(s3: "S3Client", plan: "ScorePlan", scoring: "Scoring") -> None:
    """Draw the report, and write it to the place of the plan."""
    page = render_scoring(plan, scoring)
    write_object(s3, plan.locations.report, page.encode(), "text/html; charset=utf-8")


def render_scoring(plan: "ScorePlan", scoring: "Scoring") -> str:
    """Write the report: one HTML file that loads nothing and runs no script.

    Args:
        plan: The run. Its table says what may be seen.
        scoring: What the run has scored.
    """
    shown = plan.table.shows(plan.table.label)
    own_job = scoring.answers.run_id == scoring.identity.run_id
    return TEMPLATES.get_template("scoring.html.jinja").render(
        styles=styles(),
        scoring=scoring,
        few_shown=shown,
        histogram=_histogram(scoring, few_shown=shown),
        warned=feature_warnings(scoring.encoded.columns, plan.drift) if plan.drift else [],
        columns=scoring.encoded.columns[:_MOST_COLUMNS],
        identifiers=list(scoring.highest[0].identifiers) if scoring.highest else [],
        cost=formats.about_usd(_cost(plan, scoring)) if own_job else "nothing: answers were used again",
        took=timedelta(seconds=scoring.answers.seconds),
    )


def _cost(plan: "ScorePlan", scoring: "Scoring") -> float | None:
    return prices.usd(
        plan.identity.region,
        "hosting",
        plan.params.instance_type,
        plan.params.instance_count,
        timedelta(seconds=scoring.answers.seconds),
    )


def _histogram(scoring: "Scoring", *, few_shown: bool) -> Markup:
    """Draw how many rows have which score; a bar of few rows only where they may be counted."""
    counts = np.array(scoring.distribution.counts)
    drawn = counts if few_shown else np.where([is_few(rows) for rows in counts], 0, counts)
    edges = np.linspace(0, 1, len(counts) + 1)
    threshold = scoring.model.threshold

    def draw() -> Figure:
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes(AXES)
        axes.set(xlabel="Score", ylabel="Rows", xlim=(0, 1))
        axes.bar(edges[:-1], drawn, width=np.diff(edges), align="edge", color=FIRST)
        axes.axvline(threshold, color=SECOND, linestyle="--", label="Threshold")
        axes.legend(loc="upper right")
        return figure

    share = formats.percent(scoring.positives / scoring.encoded.rows, 1)
    return inline_svg(
        draw,
        name="scores",
        alternative=f"Rows by score: {share} are at or above the threshold {formats.threshold(threshold)}.",
    )
