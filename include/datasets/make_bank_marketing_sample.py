"""Makes bank_marketing_sample.csv: synthetic rows in the columns of the tutorial's bank_clean.csv.

No row is a real customer's. Each column is drawn from summary figures (counts and shares by category, mean
and deviation of the age by job) of the published data set "Bank Marketing" (S. Moro, P. Rita, P. Cortez, UCI
Machine Learning Repository 2014, https://doi.org/10.24432/C5K306, CC BY 4.0; its 41,188 calls), written down
below. Columns that follow from each other agree as in the original, the age depends on the job, and all
others are independent. Whether a customer subscribes follows a logistic model whose effects come from the
share of yes in each category.

The same bytes come out each time: `python -m include.datasets.make_bank_marketing_sample`
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PATH = Path(__file__).with_name("bank_marketing_sample.csv")
ROWS = 4000
SEED = 1729

_NEVER = 999  # pdays of a customer who was not contacted before

# How many of the calls are in each category.
_CALLS = {
    "job": {
        "admin.": 10422,
        "blue-collar": 9254,
        "entrepreneur": 1456,
        "housemaid": 1060,
        "management": 2924,
        "retired": 1720,
        "self-employed": 1421,
        "services": 3969,
        "student": 875,
        "technician": 6743,
        "unemployed": 1014,
        "unknown": 330,
    },
    "marital": {"divorced": 4612, "married": 24928, "single": 11568, "unknown": 80},
    "education": {
        "basic.4y": 4176,
        "basic.6y": 2292,
        "basic.9y": 6045,
        "high.school": 9515,
        "illiterate": 18,
        "professional.course": 5243,
        "university.degree": 12168,
        "unknown": 1731,
    },
    "default": {"no": 32588, "unknown": 8597, "yes": 3},
    "housing": {"no": 18622, "unknown": 990, "yes": 21576},
    "loan": {"no": 33950, "unknown": 0, "yes": 6248},  # unknown where housing is
    "contact": {"cellular": 26144, "telephone": 15044},
    "month": {
        "apr": 2632,
        "aug": 6178,
        "dec": 182,
        "jul": 7174,
        "jun": 5318,
        "mar": 546,
        "may": 13769,
        "nov": 4101,
        "oct": 718,
        "sep": 570,
    },
    "day_of_week": {"fri": 7827, "mon": 8514, "thu": 8623, "tue": 8090, "wed": 8134},
    "poutcome": {"failure": 4252, "nonexistent": 35563, "success": 1373},
}
# How many have each number, the longest tails left out: calls of this campaign, calls before it, days since.
_CAMPAIGN = dict(
    enumerate((17642, 10570, 5341, 2651, 1599, 979, 629, 400, 283, 225, 177, 125, 92, 69, 51, 51, 58), 1)
)
_PREVIOUS = dict(enumerate((4561, 754, 216, 70, 18, 5, 1), 1))
_PDAYS = dict(enumerate((15, 26, 61, 439, 118, 46, 412, 60, 18, 64, 52, 28, 58, 36, 20, 24, 11, 8, 7)))
# Calls with a known pdays: all after a success, few after a failure.
_KNOWN_PDAYS_AFTER_FAILURE = 142 / 4252

# Mean and standard deviation of the age.
_AGE = {
    "admin.": (38.2, 8.9),
    "blue-collar": (39.6, 8.8),
    "entrepreneur": (41.7, 8.9),
    "housemaid": (45.5, 10.8),
    "management": (42.4, 9.3),
    "retired": (62.0, 10.5),
    "self-employed": (39.9, 9.4),
    "services": (37.9, 9.0),
    "student": (25.9, 5.0),
    "technician": (38.5, 8.7),
    "unemployed": (39.7, 9.3),
    "unknown": (45.6, 11.2),
}
_YOUNGEST, _OLDEST = 17, 98

# Percent of calls that end in a yes, overall and by category.
_YES = 11.27
_YES_BY = {
    "job": {
        "admin.": 13.0,
        "blue-collar": 6.9,
        "entrepreneur": 8.5,
        "housemaid": 10.0,
        "management": 11.2,
        "retired": 25.2,
        "self-employed": 10.5,
        "services": 8.1,
        "student": 31.4,
        "technician": 10.8,
        "unemployed": 14.2,
        "unknown": 11.2,
    },
    "default": {"no": 12.9, "unknown": 5.2, "yes": 5.2},  # three calls with yes tell nothing: as unknown
    "contact": {"cellular": 14.7, "telephone": 5.2},
    "month": {
        "apr": 20.5,
        "aug": 10.6,
        "dec": 48.9,
        "jul": 9.0,
        "jun": 10.5,
        "mar": 50.5,
        "may": 6.4,
        "nov": 10.1,
        "oct": 43.9,
        "sep": 44.9,
    },
    "poutcome": {"failure": 14.2, "nonexistent": 8.8, "success": 65.1},
}


def make_sample() -> pd.DataFrame:
    """Draw the sample.

    Returns:
        `ROWS` rows and 61 columns, all integers, in the order of bank_clean.csv.
    """
    numbers, category = draw_calls()
    levels = {name: sorted(calls) for name, calls in _CALLS.items()} | {"y": ["no", "yes"]}
    frame = pd.DataFrame(numbers).assign(
        **{name: pd.Categorical(values, levels[name]) for name, values in category.items()}
    )
    return pd.get_dummies(frame, dtype=int)


def draw_calls() -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
    """Draw `ROWS` calls: their numbers, and their categories with the answer `y`, by the columns' names."""
    # numpy keeps the stream of RandomState the same for ever, that of its Generators not (NEP 19).
    random = np.random.RandomState(SEED)
    category = {name: _draw(random, calls) for name, calls in _CALLS.items()}
    category["loan"] = np.where(category["housing"] == "unknown", "unknown", category["loan"])
    contacted = category["poutcome"] != "nonexistent"
    known = (category["poutcome"] == "success") | (
        (category["poutcome"] == "failure") & (random.random_sample(ROWS) < _KNOWN_PDAYS_AFTER_FAILURE)
    )
    numbers = {
        "age": _ages(random, category["job"]),
        "campaign": _draw(random, _CAMPAIGN),
        "pdays": np.where(known, _draw(random, _PDAYS), _NEVER),
        "previous": np.where(contacted, _draw(random, _PREVIOUS), 0),
        "no_previous_contact": (~known).astype(int),
        "not_working": np.isin(category["job"], ["retired", "student", "unemployed"]).astype(int),
    }
    category["y"] = np.where(random.random_sample(ROWS) < _chance_of_yes(category), "yes", "no")
    return numbers, category


def _draw(random: np.random.RandomState, calls: dict[str, int] | dict[int, int]) -> NDArray[Any]:
    shares = np.array(list(calls.values())) / sum(calls.values())
    drawn: NDArray[Any] = random.choice(np.array(list(calls)), size=ROWS, p=shares)
    return drawn


def _ages(random: np.random.RandomState, job: NDArray[Any]) -> NDArray[Any]:
    """Gamma distributed above the youngest: skewed to the right, as ages are."""
    mean, deviation = np.array([_AGE[name] for name in job]).T
    above = mean - _YOUNGEST
    ages = _YOUNGEST + random.gamma(shape=(above / deviation) ** 2, scale=deviation**2 / above)
    whole: NDArray[Any] = np.minimum(ages.round(), _OLDEST).astype(int)
    return whole


def _chance_of_yes(category: dict[str, NDArray[Any]]) -> NDArray[Any]:
    log_odds = np.full(ROWS, _log_odds(_YES))
    for name, yes in _YES_BY.items():
        log_odds += [_log_odds(yes[value]) - _log_odds(_YES) for value in category[name]]
    chance: NDArray[Any] = 1 / (1 + np.exp(-log_odds))
    return chance


def _log_odds(percent: float) -> float:
    return float(np.log(percent / (100 - percent)))


if __name__ == "__main__":
    make_sample().to_csv(PATH, lineterminator="\n")
