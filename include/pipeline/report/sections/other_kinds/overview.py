"""What a person reads first: which run made the model, whether it passed, what has changed, its figures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.figures.interval import Interval
from include.pipeline.history.quality import Business, judge
from include.pipeline.report.sections.gate_plot import missed_bounds

if TYPE_CHECKING:
    from markupsafe import Markup

    from include.pipeline.documents.drift import Reference
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class Headline:
    """A figure, and what it is without a model."""

    title: str
    value: float | None
    interval: Interval | None
    baseline: float


@dataclass(frozen=True)
class OverviewSection:
    """The model in a few words."""

    run_id: str
    """Id of this run."""
    reused_from: str | None
    """The run that made the model, where it is used again."""
    missed: tuple[str, ...]
    """What the gate found wrong."""
    gate_plot: "Markup | None"
    """The limits that were missed, as a picture; None where there is none that two numbers tell."""
    met: tuple[str, ...]
    """What the gate asked and found, a clause each."""
    changes: tuple[str, ...]
    """How the data has changed since the last accepted model, a sentence each."""
    reference: "Reference | None"
    """That model; None where nothing was compared."""
    figures: list[Headline]


def gather(contents: "ReportContents") -> OverviewSection:
    """Gather the section."""
    evaluation, plan = contents.evaluation, contents.plan
    return OverviewSection(
        run_id=plan.identity.run_id,
        reused_from=contents.reused_from,
        missed=contents.missed,
        met=tuple(
            f"{judged.found}: {judged.rule}"
            for judged in judge(evaluation, plan.params, Business.of(plan))
            if judged.is_met
        ),
        gate_plot=missed_bounds(contents),
        changes=contents.changes,
        reference=evaluation.drift.reference if evaluation.drift else None,
        figures=[
            Headline(
                title=figure.title,
                value=getattr(evaluation, name),
                interval=evaluation.intervals.get(name),
                baseline=evaluation.without_model(name),
            )
            for name, figure in evaluation.FIGURES.items()
        ],
    )
