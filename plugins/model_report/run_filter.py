"""Which runs the pages show: by state, verdict, date and figure, or by name, as their addresses say."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    model_validator,
)
from sqlalchemy import exists

from include.airflow_names import CHECK_QUALITY
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.other_kinds.multiclass import MULTICLASS_FIGURES
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES
from plugins.model_report.runs import VERDICTS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from include.pipeline.figures.figure import ShownFigure


ALL_FIGURES: "dict[str, ShownFigure]" = {**REGRESSION_FIGURES, **MULTICLASS_FIGURES, **FIGURES}
"""Of all kinds of labels, by the names of their fields."""
MOST_COMPARED = 25
"""Runs side by side: as many as a page lists."""


def _none_if_empty(value: object) -> object:
    # A form sends the fields that nobody has filled in, too.
    return value or None


_OrNone = BeforeValidator(_none_if_empty)


def _figure(name: str) -> str:
    if name not in ALL_FIGURES:
        raise ValueError(f"one of: {', '.join(ALL_FIGURES)}")
    return name


FigureName = Annotated[Annotated[str, AfterValidator(_figure)] | None, _OrNone]
"""Name of a field of `ModelFigures`."""


class RunFilter(BaseModel):
    """What a run has to be to be listed; None is anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: Annotated[Literal["success", "failed", "running", "queued"] | None, _OrNone] = None
    gate: Annotated[Literal["passed", "failed"] | None, _OrNone] = None
    since: Annotated[date | None, _OrNone] = None
    """The first day, in UTC."""
    until: Annotated[date | None, _OrNone] = None
    """The last day, in UTC."""
    figure: FigureName = None
    """By which the runs are sorted, the best first; None sorts by date."""
    low: Annotated[FiniteFloat | None, _OrNone] = None
    """The lowest value of that figure."""
    high: Annotated[FiniteFloat | None, _OrNone] = None
    """The highest value of it."""

    @property
    def chosen(self) -> dict[str, str]:
        """What is not just anything, as it stands in an address."""
        values = {name: getattr(self, name) for name in RunFilter.model_fields}
        return {name: str(value) for name, value in values.items() if value is not None}

    @model_validator(mode="after")
    def _bounds_are_of_a_figure(self) -> Self:
        if self.figure is None and (self.low, self.high) != (None, None):
            raise ValueError("low and high are bounds of the figure that figure names")
        return self

    @property
    def ranks(self) -> bool:
        """Whether the runs are listed by a figure, the best first, and not the newest first."""
        return self.figure is not None

    def is_within(self, value: float) -> bool:
        """Tell whether a run with that value of the figure is listed."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def conditions(self) -> "list[ColumnElement[bool]]":
        """Say the same to Airflow's database."""
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(DagRun.state == self.state)
        if self.since:
            found.append(DagRun.run_after >= _midnight(self.since))
        if self.until:
            found.append(DagRun.run_after < _midnight(self.until) + timedelta(days=1))
        if self.gate:
            found.append(
                exists().where(
                    TaskInstance.dag_id == DagRun.dag_id,
                    TaskInstance.run_id == DagRun.run_id,
                    TaskInstance.task_id == CHECK_QUALITY,
                    TaskInstance.state.in_(state for state, found in VERDICTS.items() if found == self.gate),
                )
            )
        return found


class ModelsQuery(RunFilter):
    """What the address of the page may say."""

    pipeline: Annotated[str | None, _OrNone] = None
    """The only one; None lists all."""
    page: int = Field(default=1, ge=1, le=1000)
    x: FigureName = None
    """Figure that the plot has from left to right."""
    y: FigureName = None
    """Figure that it has from below to above."""

    @property
    def plotted(self) -> dict[str, str]:
        """The two figures of the plot, as they stand in an address; empty where it is the trend."""
        return {"x": self.x, "y": self.y} if self.x and self.y else {}


class CompareQuery(BaseModel):
    """Which runs the address of a comparison names, each as `dag_id/run_id`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: list[str] = Field(default_factory=list, max_length=MOST_COMPARED)
    first: str | None = None
    """Addresses of before named two runs so."""
    second: str | None = None

    @property
    def runs(self) -> list[str]:
        """All of them, the one that the others are compared with first."""
        named = [each for each in (self.first, self.second) if each]
        return [*named, *(each for each in dict.fromkeys(self.run) if each not in named)]

    @model_validator(mode="after")
    def _are_several(self) -> Self:
        if not 1 < len(self.runs) <= MOST_COMPARED:
            raise ValueError(f"name 2 to {MOST_COMPARED} runs")
        return self


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
