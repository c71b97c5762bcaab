"""A pipeline's runs, page by page."""

from dataclasses import dataclass

from markupsafe import Markup

from include.pipeline.data.drift import warnings
from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.documents.metrics import Evaluation
from include.pipeline.errors import ConfigError
from plugins.model_report.clients import UnreadableError
from plugins.model_report.results import Figures, Results
from plugins.model_report.run_filter import RunFilter
from plugins.model_report.runs import Run, newest_runs
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
    limits: DriftLimits | None = None
    """How far data may drift untold, by the pipeline's YAML file; None where it does not say."""
    current: str | None = None
    """Id of the run whose model is the accepted one of the newest data; None where it is not on this page."""
    fault: tuple[Run, str, str] | None = None
    """The newest run, the task that failed in it and its error, where that is why it has no figures."""

    @property
    def evaluated(self) -> tuple[Figures, ...]:
        """The runs that have figures."""
        return tuple(each for each in self.figures if each.evaluation)

    def changes(self, evaluation: Evaluation) -> list[str]:
        """Say how the data of a run had changed since the accepted model before it, a sentence each."""
        if evaluation.drift is None or self.limits is None:
            return []
        return warnings(evaluation.drift, self.limits)

    @property
    def trend(self) -> Markup | None:
        """Draw the figures over the runs of this page; None with fewer than two evaluated runs."""
        points = [
            TrendPoint(each.run.run_after, each.evaluation, passed=each.run.gate == "passed")
            for each in reversed(self.figures)
            if each.evaluation
        ]
        return trend_svg(self.dag_id, points) if len(points) > 1 else None


def list_runs(pipeline: str, chosen: RunFilter, page: int, results: Results) -> Listing:
    """List a page of a pipeline's runs with what they left on S3.

    Args:
        pipeline: Name of the DAG and of its YAML file.
        chosen: Which of its runs.
        page: Number of the page; 1 has the newest runs.
        results: Reads S3.

    Raises:
        UnreadableError: S3 does not answer.
    """
    config = _config(pipeline)
    # One run more than the page shows: it tells whether there is another page.
    first = (page - 1) * RUNS_ON_A_PAGE
    runs = newest_runs(pipeline, chosen.conditions(), limit=RUNS_ON_A_PAGE + 1, offset=first)
    figures = tuple(results.figures(runs[:RUNS_ON_A_PAGE]))
    return Listing(
        dag_id=pipeline,
        title=config.title if config else pipeline,
        figures=figures,
        current=_current(figures, results),
        fault=None if chosen.chosen or page > 1 else _fault(figures),
        newer=page - 1,
        older=page + 1 if len(runs) > RUNS_ON_A_PAGE else 0,
        limits=config.drift if config else None,
    )


def _current(figures: tuple[Figures, ...], results: Results) -> str | None:
    planned = next((each.run for each in figures if each.run.bucket), None)
    try:
        key = results.current(planned) if planned else None
    except UnreadableError:
        # Of a bucket that cannot be listed, the rows say more.
        return None
    return next((each.run.run_id for each in figures if key and key in results.keys(each.run)), None)


def _fault(figures: tuple[Figures, ...]) -> tuple[Run, str, str] | None:
    """Take the error of the newest run that is over, where it has no figures."""
    newest = next((each for each in figures if each.run.is_over), None)
    if newest is None or newest.evaluation or newest.run.fault is None:
        return None
    return (newest.run, *newest.run.fault)


def _config(pipeline: str) -> PipelineConfig | None:
    try:
        return load_config(pipeline)
    # The DAG tells what is wrong with its YAML file; its models are there all the same.
    except ConfigError:
        return None
