"""What a person reads first: which run made the model, whether it passed the gate, and four figures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.pipeline.report import shared_figures

if TYPE_CHECKING:
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
    evaluation: "Evaluation"
    params: "RunParams"
    frequent_class: str
    """`positive` or `negative`, whichever is more frequent."""
    reach: shared_figures.Reach
    profit: float
    """Profit at the threshold in force."""


def gather(contents: "ReportContents") -> OverviewSection:
    """Gather the section."""
    evaluation, params = contents.evaluation, contents.plan.params
    return OverviewSection(
        run_id=contents.plan.identity.run_id,
        reused_from=contents.reused_from,
        missed=contents.missed,
        evaluation=evaluation,
        params=params,
        frequent_class=shared_figures.frequent_class(evaluation),
        reach=shared_figures.reach(evaluation.deciles),
        profit=shared_figures.threshold_in_force(evaluation, params).profit,
    )
