"""What a person reads first: which run made the model, whether it passed, what has changed, four figures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.history.drop import Verdict, drop_verdict
from include.pipeline.history.skill import Skill, skills
from include.pipeline.report import shared_figures
from include.pipeline.report.sections.gate_plot import missed_bounds

if TYPE_CHECKING:
    from markupsafe import Markup

    from include.pipeline.documents.drift import Reference
    from include.pipeline.documents.metrics import Evaluation
    from include.pipeline.documents.params import RunParams
    from include.pipeline.report.contents import ReportContents


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
    changes: tuple[str, ...]
    """How the data has changed since the last accepted model, a sentence each."""
    reference: "Reference | None"
    """That model; None where nothing was compared, or an earlier version did."""
    evaluation: "Evaluation"
    params: "RunParams"
    skills: list[Skill]
    """What the model is better in than none, where the Params ask for it."""
    drop: Verdict | None
    """Whether the ROC AUC has dropped since the last accepted model; None where nobody asked."""
    frequent_class: str
    """`positive` or `negative`, whichever is more frequent."""
    reach: shared_figures.Reach
    profit: float | None
    """Profit at the threshold in force; None without costs."""


def _drop(evaluation: "Evaluation", params: "RunParams") -> Verdict | None:
    previous, largest = evaluation.previous, params.max_roc_auc_drop
    if previous is None or previous.roc_auc is None or largest is None:
        return None
    return drop_verdict(previous, evaluation.roc_auc, largest)


def gather(contents: "ReportContents") -> OverviewSection:
    """Gather the section."""
    plan, evaluation = contents.plan, contents.binary
    params = plan.params
    return OverviewSection(
        run_id=contents.plan.identity.run_id,
        reused_from=contents.reused_from,
        missed=contents.missed,
        gate_plot=missed_bounds(contents),
        changes=contents.changes,
        reference=evaluation.drift.reference if evaluation.drift else None,
        evaluation=evaluation,
        params=params,
        skills=[
            skill
            for skill in skills(evaluation, plan.outcome_values, plan.words)
            if skill.is_shown and params.must_beat_baseline
        ],
        drop=_drop(evaluation, params),
        frequent_class=shared_figures.frequent_class(evaluation),
        reach=shared_figures.reach(evaluation.deciles),
        profit=shared_figures.threshold_in_force(evaluation, plan.outcome_values).profit,
    )
