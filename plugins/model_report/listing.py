"""A pipeline's runs, page by page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from markupsafe import Markup

from include.pipeline.documents.config import load_config
from include.pipeline.documents.metrics import ListedFigures, ListedModel, read_listed
from include.pipeline.errors import ConfigError, DocumentError
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.planning.names import run_key
from include.pipeline.report import formats
from plugins.model_report.clients import UnreadableError
from plugins.model_report.plots.scatter import ScatterPoint, scatter_svg
from plugins.model_report.plots.trend import TrendPoint, trend_svg
from plugins.model_report.results import Results
from plugins.model_report.run_filter import ALL_FIGURES, RunFilter
from plugins.model_report.runs import Run, figures_of_runs, named_runs, newest_ids, newest_runs

if TYPE_CHECKING:
    from include.pipeline.figures.figure import ShownFigure

RUNS_ON_A_PAGE = 25
MOST_RANKED = 2000
"""Of the newest runs, among which the best are looked for."""


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

    def figure(self, name: str) -> float | None:
        """Take a figure by its name; None where the run has none of that name."""
        value: float | None = getattr(self.evaluation, name, None)
        return value

    @classmethod
    def of(cls, run: Run) -> Self:
        """Read what the run's tasks told."""
        return cls(run, *_listed(run.figures, run.run_id))


def _listed(told: object, run_id: str) -> tuple[ListedModel | None, str | None]:
    """Read figures, or say why they cannot be read."""
    if told is None:
        return None, None
    where = f"What a task of {run_id} told of its figures"
    if not isinstance(told, Mapping):
        return None, f"{where} is no document."
    try:
        return read_listed(told, where), None
    except DocumentError as error:
        return None, f"{error.found}. Expected: {error.rule}."


@dataclass(frozen=True)
class Column:
    """A column of the list: a figure, and something small below it."""

    name: str
    """Of the figure."""
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

    return Column(name, FIGURES[name].title, below, cell)


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

    return Column(name, title, "baseline", cell)


def _asked(name: str) -> Column:
    def cell(evaluation: ListedModel) -> tuple[str, str | None]:
        value = getattr(evaluation, name, None)
        return ("\u2013" if value is None else formats.figure(value)), None

    return Column(name, ALL_FIGURES[name].title, None, cell)


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
    """Id of the run whose model is the accepted one of the newest data; None where there is none."""
    pinned: Figures | None = None
    """That run, where it is not among those of this page."""
    fault: tuple[Run, str, str] | None = None
    """The newest run, the task that failed in it and its error, where that is why it has no figures."""

    @property
    def evaluated(self) -> tuple[Figures, ...]:
        """The runs that have figures, as they are shown, and the pinned one last."""
        shown = (*self.figures, self.pinned) if self.pinned else self.figures
        return tuple(each for each in shown if each.evaluation)

    def scatter(self, x: str, y: str) -> Markup | None:
        """Draw two figures of this page's runs against each other; None where no run has both."""
        points = tuple(
            ScatterPoint(number, first, second, passed=each.run.gate == "passed")
            for number, each in enumerate(self.figures, 1)
            if (first := each.figure(x)) is not None and (second := each.figure(y)) is not None
        )
        return scatter_svg(self.dag_id, x, y, points) if points else None

    @property
    def known(self) -> "Mapping[str, ShownFigure]":
        """The figures by which its runs are sorted and plotted: those of the newest that has any."""
        newest = next((each.evaluation for each in self.figures if each.evaluation), None)
        return newest.FIGURES if newest else FIGURES

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

    def more(self, *names: str | None) -> tuple[Column, ...]:
        """What is shown of each run besides, because somebody asks for these figures."""
        there = {column.name for column in self.columns}
        wanted = (name for name in dict.fromkeys(names) if name and name not in there)
        return tuple(_asked(name) for name in wanted)

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
    first, most = (page - 1) * RUNS_ON_A_PAGE, RUNS_ON_A_PAGE + 1
    if chosen.ranks:
        runs = named_runs(pipeline, _ranked(pipeline, chosen)[first : first + most])
    else:
        runs = newest_runs(pipeline, chosen.conditions(), limit=most, offset=first)
    figures = tuple(Figures.of(run) for run in runs[:RUNS_ON_A_PAGE])
    current = _current(pipeline, figures, results)
    is_listed = current in {each.run.run_id for each in figures}
    return Listing(
        dag_id=pipeline,
        title=_title(pipeline),
        figures=figures,
        current=current,
        pinned=None if current is None or is_listed else Figures.of(*named_runs(pipeline, [current])),
        fault=None if chosen.chosen or page > 1 else _fault(figures),
        newer=page - 1,
        older=page + 1 if len(runs) > RUNS_ON_A_PAGE else 0,
    )


def _ranked(pipeline: str, chosen: RunFilter) -> list[str]:
    """List the ids of runs by their figure, the best first; of equal ones the newest."""
    name = chosen.figure or ""
    values: dict[str, float] = {}
    for run_id, told in figures_of_runs(pipeline, chosen.conditions(), limit=MOST_RANKED).items():
        evaluation = _listed(told, run_id)[0]
        value = getattr(evaluation, name, None)
        if value is not None and chosen.is_within(value):
            values[run_id] = value
    newest = newest_ids(pipeline, chosen.conditions(), limit=MOST_RANKED)
    return sorted(
        (run_id for run_id in newest if run_id in values),
        key=lambda run_id: values[run_id],
        reverse=ALL_FIGURES[name].higher_is_better,
    )


def _current(pipeline: str, figures: tuple[Figures, ...], results: Results) -> str | None:
    planned = next((each.run for each in figures if each.run.bucket), None)
    try:
        key = results.current(planned) if planned else None
        if planned is None or key is None:
            return None
        judged = (each.run for each in figures if each.run.gate == "passed")
        if found := next((run.run_id for run in judged if key in results.keys(run)), None):
            return found
    except UnreadableError:
        # The figures are there all the same.
        return None
    passed = RunFilter(gate="passed").conditions()
    ids = newest_ids(pipeline, passed, limit=MOST_RANKED)
    return next(
        (run_id for run_id in ids if run_key(planned.deployment_id or "", pipeline, run_id) == key), None
    )


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
