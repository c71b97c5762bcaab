"""A pipeline's runs, page by page."""

from dataclasses import dataclass

from markupsafe import Markup

from include.pipeline.documents.config import load_config
from include.pipeline.errors import ConfigError
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
    """Number of the page with newer runs; 0 where there is none."""
    older: int
    """Number of the page with older runs; 0 where there is none."""

    @property
    def evaluated(self) -> tuple[Figures, ...]:
        """The runs that have figures."""
        return tuple(each for each in self.figures if each.evaluation)

    @property
    def trend(self) -> Markup | None:
        """Draw the figures over the runs of this page; None with fewer than two evaluated runs."""
        points = [
            TrendPoint(each.run.run_after, each.evaluation, passed=each.run.gate == "passed")
            for each in reversed(self.figures)
            if each.evaluation
        ]
        return trend_svg(self.dag_id, points) if len(points) > 1 else None


def list_runs(pipeline: str, page: int, results: Results) -> Listing:
    """List a page of a pipeline's runs with what they left on S3.

    Args:
        pipeline: Name of the DAG and of its YAML file.
        page: Number of the page; 1 has the newest runs.
        results: Reads S3.

    Raises:
        UnreadableError: S3 does not answer.
    """
    # One run more than the page shows: it tells whether there is another page.
    runs = newest_runs(pipeline, limit=RUNS_ON_A_PAGE + 1, offset=(page - 1) * RUNS_ON_A_PAGE)
    return Listing(
        dag_id=pipeline,
        title=_title(pipeline),
        figures=tuple(results.figures(runs[:RUNS_ON_A_PAGE])),
        newer=page - 1,
        older=page + 1 if len(runs) > RUNS_ON_A_PAGE else 0,
    )


def _title(pipeline: str) -> str:
    try:
        return load_config(pipeline).title
    # The DAG tells what is wrong with its YAML file; its models are there all the same.
    except ConfigError:
        return pipeline
