"""A pipeline's runs, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

from markupsafe import Markup

from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import ListedFigures, ListedModel, read_listed
from include.pipeline.errors import ConfigError, DocumentError
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.report import formats
from plugins.model_report.clients import UnreadableError
from plugins.model_report.results import Results
from plugins.model_report.run_filter import RunFilter
from plugins.model_report.runs import Run, newest_runs
from plugins.model_report.trend import TrendPoint, trend_svg

RUNS_ON_A_PAGE = 25


@dataclass(frozen=True)
class Figures:
    """A run with its figures, or with the reason why these cannot be read; else both are None."""

    run: Run
    evaluation: ListedModel | None = None
    fault: str | None = None

    @property
    def note(self) -> str:
        """Tell the figure by which it is known."""
        if self.evaluation is None:
            return ""
        name, figure = next((name, each) for name, each in self.evaluation.FIGURES.items() if each.in_note)
        return f"{figure.title} {formats.figure(getattr(self.evaluation, name))}"

    @classmethod
    def of(cls, run: Run) -> Self:
        """Read what the run's tasks told."""
        if run.figures is None:
            return cls(run)
        where = f"What a task of {run.run_id} told of its figures"
        if not isinstance(run.figures, Mapping):
            return cls(run, fault=f"{where} is no document.")
        try:
            return cls(run, read_listed(run.figures, where))
        except DocumentError as error:
            return cls(run, fault=f"{error.found}. Expected: {error.rule}.")


@dataclass(frozen=True)
class Column:
    """A column of the list: a figure, and something small below it."""

    title: str
    below: str | None
    """What stands below it; None for nothing."""
    cell: Callable[[ListedModel], tuple[str, str | None]]
    """What it shows of a run."""


def _binary(name: str, below: str | None = None) -> Column:
    def cell(evaluation: ListedModel) -> tuple[str, str | None]:
        value = formats.decimal(getattr(evaluation, name))
        if not isinstance(evaluation, ListedFigures) or below is None:
            return value, None
        if below == "threshold":
            return value, formats.threshold(evaluation.threshold)
        return value, formats.decimal(evaluation.baseline_accuracy)

    return Column(FIGURES[name].title, below, cell)


_BINARY = (
    _binary("roc_auc"),
    _binary("average_precision"),
    _binary("accuracy", "baseline"),
    _binary("f1", "threshold"),
    _binary("log_loss"),
)


def _other(name: str, title: str) -> Column:
    def cell(evaluation: ListedModel) -> tuple[str, str | None]:
        value = getattr(evaluation, name)
        told = "\u2013" if value is None else formats.figure(value)
        return told, formats.figure(evaluation.without_model(name))

    return Column(title, "baseline", cell)


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
    current: str | None = None
    """Id of the run whose model is the accepted one of the newest data; None where it is not on this page."""
    fault: tuple[Run, str, str] | None = None
    """The newest run, the task that failed in it and its error, where that is why it has no figures."""

    @property
    def evaluated(self) -> tuple[Figures, ...]:
        """The runs that have figures."""
        return tuple(each for each in self.figures if each.evaluation)

    @property
    def kind(self) -> str | None:
        """Of the label, as the newest run has it that has figures; None without any."""
        return next((each.evaluation.kind for each in self.figures if each.evaluation), None)

    @property
    def columns(self) -> tuple[Column, ...]:
        """What is shown of each run."""
        newest = next((each.evaluation for each in self.figures if each.evaluation), None)
        if newest is None or isinstance(newest, ListedFigures):
            return _BINARY
        return tuple(_other(name, figure.title) for name, figure in newest.FIGURES.items())

    @property
    def trend(self) -> Markup | None:
        """Draw the figures over the runs of this page; None with fewer than two evaluated runs."""
        points = tuple(
            TrendPoint(each.run.run_after, each.evaluation, passed=each.run.gate == "passed")
            for each in reversed(self.figures)
            if each.evaluation and each.evaluation.kind == self.kind
        )
        return trend_svg(self.dag_id, points) if len(points) > 1 else None


def list_runs(pipeline: str, chosen: RunFilter, page: int, results: Results) -> Listing:
    """List a page of a pipeline's runs with their figures, from Airflow's database alone.

    Args:
        pipeline: Name of the DAG and of its YAML file.
        chosen: Which of its runs.
        page: Number of the page; 1 has the newest runs.
        results: Looks up on S3 which model is current.
    """
    # One run more than the page shows: it tells whether there is another page.
    first = (page - 1) * RUNS_ON_A_PAGE
    runs = newest_runs(pipeline, chosen.conditions(), limit=RUNS_ON_A_PAGE + 1, offset=first)
    figures = tuple(Figures.of(run) for run in runs[:RUNS_ON_A_PAGE])
    return Listing(
        dag_id=pipeline,
        title=_title(pipeline),
        figures=figures,
        current=_current(figures, results),
        fault=None if chosen.chosen or page > 1 else _fault(figures),
        newer=page - 1,
        older=page + 1 if len(runs) > RUNS_ON_A_PAGE else 0,
    )


def _current(figures: tuple[Figures, ...], results: Results) -> str | None:
    planned = next((each.run for each in figures if each.run.bucket), None)
    try:
        key = results.current(planned) if planned else None
        judged = (each.run for each in figures if each.run.gate == "passed") if key else ()
        return next((run.run_id for run in judged if key in results.keys(run)), None)
    except UnreadableError:
        # The figures are there all the same.
        return None


def _fault(figures: tuple[Figures, ...]) -> tuple[Run, str, str] | None:
    """Take the error of the newest run that is over, where it has no figures."""
    newest = next((each for each in figures if each.run.is_over), None)
    if newest is None or newest.evaluation or newest.run.fault is None:
        return None
    return (newest.run, *newest.run.fault)


def _title(pipeline: str) -> str:
    try:
        return load_config(pipeline).title
    # The DAG tells what is wrong with its YAML file; its models are there all the same.
    except ConfigError:
        return pipeline
