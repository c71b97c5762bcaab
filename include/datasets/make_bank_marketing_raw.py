"""The calls of bank_marketing_sample.csv in the data set's own form, as its bank-additional-full.csv has it.

That has text where the tutorial's file has one-hot columns, the seconds that a call took, and five figures
of the economy on its day. Both are made up here, in the ranges of the published ones: the seconds follow from
the answer, which they leak, and the figures from the month.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from include.datasets.make_bank_marketing_sample import draw_calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Mean and deviation of the logarithm of the seconds.
_SECONDS = {"no": (5.05, 0.75), "yes": (6.15, 0.55)}
# By month: change of employment, prices, confidence, interest, employees.
_ECONOMY = {
    "mar": (-1.8, 92.843, -50.0, 1.6, 5099.1),
    "apr": (-1.8, 93.075, -47.1, 1.4, 5099.1),
    "may": (-0.1, 93.6, -41.0, 3.3, 5150.0),
    "jun": (1.1, 94.2, -41.5, 4.4, 5200.0),
    "jul": (1.4, 93.918, -42.7, 4.9, 5228.1),
    "aug": (1.2, 93.3, -36.0, 4.6, 5215.0),
    "sep": (-2.2, 93.4, -34.0, 0.9, 4990.0),
    "oct": (-2.5, 92.8, -33.0, 0.8, 5010.0),
    "nov": (-0.4, 93.2, -42.0, 3.7, 5180.0),
    "dec": (-2.6, 92.8, -34.0, 0.7, 5020.0),
}
_ORDER = (
    *("age", "job", "marital", "education", "default", "housing", "loan", "contact", "month", "day_of_week"),
    *("duration", "campaign", "pdays", "previous", "poutcome"),
    *("emp.var.rate", "cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed", "y"),
)


def bank_marketing_raw(random: np.random.RandomState) -> pd.DataFrame:
    """Draw the sample: 20 columns and the answer, in the order of bank-additional-full.csv."""
    numbers, category = draw_calls()
    means, deviations = np.array([_SECONDS[answer] for answer in category["y"]]).T
    economy = np.array([_ECONOMY[month] for month in category["month"]])
    found: dict[str, NDArray[Any]] = {
        **numbers,
        **category,
        "duration": np.exp(means + deviations * random.normal(size=len(means))).astype(int),
        "emp.var.rate": economy[:, 0],
        "cons.price.idx": economy[:, 1],
        "cons.conf.idx": economy[:, 2],
        "euribor3m": (economy[:, 3] + random.uniform(-0.1, 0.1, len(means))).round(3),
        "nr.employed": economy[:, 4],
    }
    return pd.DataFrame({name: found[name] for name in _ORDER})
