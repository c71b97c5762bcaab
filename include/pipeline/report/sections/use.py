"""What the model is for, where it does not fit, and what is not known yet when a score is needed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from include.pipeline.documents.config import ModelCard
    from include.pipeline.report.contents import ReportContents


@dataclass(frozen=True)
class UnknownFeature:
    """A feature that is not known yet when a score is needed."""

    name: str
    place: int | None
    """Where it stands among all columns, the most contributing first; None where that was not told."""


@dataclass(frozen=True)
class UseSection:
    """The model card of the YAML; nothing where there is none."""

    card: "ModelCard | None"
    not_known: list[UnknownFeature]
    """Those of the card that the model has."""
    columns: int
    """All that it has."""


def gather(contents: "ReportContents") -> UseSection:
    """Gather the section."""
    card, names = contents.plan.card, contents.split.feature_names
    places = {feature.name: place for place, feature in enumerate(contents.evaluation.features, 1)}
    return UseSection(
        card=card,
        not_known=[
            UnknownFeature(name, places.get(name))
            for name in (card.not_known if card else ())
            if name in names
        ],
        columns=len(names),
    )
