"""What the kind of the label makes of a run's Params: which it takes, and which figures its gate may name."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from include.pipeline.figures.figure import ShownFigure
from include.pipeline.figures.model_figures import FIGURES
from include.pipeline.figures.other_kinds.multiclass import MULTICLASS_FIGURES
from include.pipeline.figures.other_kinds.regression import REGRESSION_FIGURES
from include.pipeline.values.params import LabelKind

if TYPE_CHECKING:
    from include.pipeline.documents.params import RunParams

FIGURES_OF: Mapping[LabelKind, Mapping[str, ShownFigure]] = {
    "binary": FIGURES,
    "multiclass": MULTICLASS_FIGURES,
    "regression": REGRESSION_FIGURES,
}
"""The figures that a gate may name."""
OF_BINARY = (
    "threshold_rule",
    "threshold",
    "call_cost",
    "deposit_value",
    "min_roc_auc",
    "max_roc_auc_drop",
    "undecided_passes",
)
"""The Params of a label of 0 and 1: another kind has no threshold, no costs and no ROC AUC."""


def kind_faults(params: "RunParams", kind: LabelKind) -> Iterator[str]:
    """Name what a run of this kind does not take, each with the reason."""
    fields = type(params).model_fields
    for name in OF_BINARY if kind != "binary" else ():
        if getattr(params, name) != fields[name].default:
            yield f"{name} (is for a label of two values; this one is kind: {kind})"
    for name in params.gate:
        if name not in FIGURES_OF[kind]:
            yield f"gate: {name} (kind: {kind} has {', '.join(FIGURES_OF[kind])})"
