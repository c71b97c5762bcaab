"""The figures of a model that predicts a number: a field is computed, stored, shown and compared."""

import math
import sys
from typing import TYPE_CHECKING, Annotated

from include.pipeline.document import Document
from include.pipeline.figures.figure import RowsFigure, figures_in

if TYPE_CHECKING:
    from include.pipeline.figures.other_kinds.predicted_rows import PredictedRows


class RegressionFigures(Document):
    """The figures that judge a model of a number, in the order in which they are shown."""

    rmse: Annotated[
        float,
        RowsFigure["PredictedRows"](
            "RMSE",
            lambda rows: rows.rmse,
            interval=lambda rows: rows.rmse_interval,
            difference=lambda first, second: first.difference(first.rmse_parts, second.rmse_parts),
            higher_is_better=False,
            in_note=True,
            most=sys.float_info.max,
        ),
    ]
    """Root of the mean squared difference of prediction and label, in the label's unit: large errors count
    most, and less is better."""
    mae: Annotated[
        float,
        RowsFigure["PredictedRows"](
            "MAE",
            lambda rows: rows.mae,
            interval=lambda rows: rows.mae_interval,
            difference=lambda first, second: first.difference(first.absolute_errors, second.absolute_errors),
            higher_is_better=False,
            most=sys.float_info.max,
        ),
    ]
    """Mean absolute difference of prediction and label, in the label's unit, and less is better."""
    r2: Annotated[
        float | None,
        RowsFigure["PredictedRows"](
            "R\u00b2",
            lambda rows: rows.r2,
            interval=lambda rows: rows.r2_interval,
            difference=lambda first, second: (
                None if first.r2 is None else first.difference(first.r2_parts, second.r2_parts)
            ),
            least=-math.inf,
        ),
    ]
    """Share of the label's variance that the predictions explain: 1 for all, 0 for no more than the mean; not
    defined, null, where all test rows have one label."""


REGRESSION_FIGURES: dict[str, RowsFigure["PredictedRows"]] = figures_in(RegressionFigures, RowsFigure)
