"""A pipeline's runs, a page of them at a time."""

from dataclasses import dataclass

from markupsafe import Markup

from include.pipeline.documents.config import load_config
from plugins.model_report.results import Figures, Results
from plugins.model_report.runs import newest_runs
from plugins.model_report.trend import TrendPoint, trend_svg

RUNS_ON_A_PAGE = 25


@dataclass(frozen=True)
class Listing:
    """One page of a pipeline's runs, the newest first."""

    dag_id: str
    title: str
    figures: tuple[Figures, ...]
    newer: int
    """Number of the page before, 0 for none."""
    older: int
    """Number of the page after, 0 for none."""

    @property
    def evaluated(self) -> tuple[Figures, ...]:
        """The runs that have figures."""
        return tuple(each for each in self.figures if each.evaluation)

    @property
    def trend(self) -> Markup | None:
        """Draw the figures over the runs of this page; None of fewer than two."""
        points = [
            TrendPoint(each.run.run_after, each.evaluation, passed=each.run.gate == "passed")
            for each in reversed(self.figures)
            if each.evaluation
        ]
        return trend_svg(points) if len(points) > 1 else None


def list_runs(pipeline: str, page: int, results: Results) -> Listing:
    """List a page of a pipeline's runs with what they left on S3.

    Args:
        pipeline: Names the DAG and its YAML file.
        page: From 1, the newest runs.
        results: Reads S3.

    Raises:
        UnreadableError: S3 does not answer.
    """
    # One more than is shown tells whether there is a page after.
    runs = newest_runs(pipeline, limit=RUNS_ON_A_PAGE + 1, offset=(page - 1) * RUNS_ON_A_PAGE)
    return Listing(
        dag_id=pipeline,
        title=load_config(pipeline).title,
        figures=tuple(results.figures(runs[:RUNS_ON_A_PAGE])),
        newer=page - 1,
        older=page + 1 if len(runs) > RUNS_ON_A_PAGE else 0,
    )
