"""Makes the tables of the example pipelines: synthetic rows, small, with what such tables have in them.

Nobody and nothing in them is real. Each label follows some columns, as written down below, and chance.

bank_marketing_raw is no example of a use, but of a form: that of the tutorial's data as it was published.

The same bytes come out each time: `python -m include.datasets.make_examples`
"""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from include.datasets.make_bank_marketing_raw import bank_marketing_raw

SEED = 1729
_Random = np.random.RandomState
_Array = NDArray[Any]


def churn(random: _Random) -> pd.DataFrame:
    """Customers of a telephone company, of whom some leave: categories, a date, and cells without a value."""
    rows = 3000
    plan = random.choice(["basic", "family", "pro"], rows, p=[0.5, 0.3, 0.2])
    contract = random.choice(["monthly", "one year", "two years"], rows, p=[0.55, 0.25, 0.2])
    region = random.choice([*"ABCDEFGHIJ"], rows)
    months = random.randint(1, 73, rows)
    calls = random.poisson(1.2, rows)
    fee = (random.gamma(6, 6, rows) + 15 * (plan == "pro")).round(2)
    odds = (
        -1.6
        + 1.3 * (contract == "monthly")
        - 0.9 * (contract == "two years")
        - 0.03 * months
        + 0.45 * calls
        + 0.02 * (fee - 40)
        + 0.5 * (region == "C")
    )
    found = pd.DataFrame(
        {
            "customer": [f"C{number:05d}" for number in range(1, rows + 1)],
            "signed_up": _days("2026-01-01", -30 * months - random.randint(0, 30, rows)),
            "plan": plan,
            "contract": contract,
            "region": region,
            "months": months,
            "service_calls": calls,
            "monthly_fee": fee,
            "churned": np.where(_happens(random, odds), "Yes", "No"),
        }
    ).astype({"service_calls": object, "monthly_fee": object})
    for name, share, word in (("plan", 0.03, "?"), ("service_calls", 0.06, ""), ("monthly_fee", 0.04, "NA")):
        found.loc[_some(random, rows, share), name] = word
    return found


def credit_risk(random: _Random) -> pd.DataFrame:
    """Loans of which some are not paid back: costs are unequal, and a column leaks the answer."""
    rows = 3000
    purpose = random.choice(["car", "furniture", "education", "business", "repairs"], rows)
    housing = random.choice(["own", "rent", "free"], rows, p=[0.6, 0.3, 0.1])
    income = random.lognormal(10.3, 0.45, rows).round(-2).astype(int)
    amount = random.lognormal(8.2, 0.7, rows).round(-1).astype(int)
    duration = random.choice([6, 12, 18, 24, 36, 48, 60], rows)
    employed = random.gamma(2, 3, rows).round(1)
    late = random.poisson(0.4, rows)
    odds = (
        -1.7
        + 2.0 * np.log(amount / 3600) * 0.35
        - 1.1 * np.log(income / 30_000)
        + 0.018 * (duration - 24)
        - 0.06 * employed
        + 0.8 * late
        + 0.5 * (housing == "rent")
        + 0.4 * (purpose == "business")
    )
    defaulted = _happens(random, odds)
    return pd.DataFrame(
        {
            "loan": np.arange(10_001, 10_001 + rows),
            "purpose": purpose,
            "housing": housing,
            "income": income,
            "amount": amount,
            "months": duration,
            "years_employed": employed,
            "late_payments": late,
            "reminders_sent": np.where(defaulted, random.poisson(3, rows), random.poisson(0.1, rows)),
            "outcome": np.where(defaulted, "default", "paid"),
        }
    )


def fraud(random: _Random) -> pd.DataFrame:
    """Payments by card, of which one in two hundred is a fraud."""
    rows = 12_000
    frauds = np.zeros(rows, dtype=bool)
    frauds[random.choice(rows, size=rows // 200, replace=False)] = True
    hour = np.where(frauds, random.choice([0, 1, 2, 3, 4, 22, 23, 12], rows), random.randint(0, 24, rows))
    amount = np.where(frauds, random.lognormal(4.6, 1.1, rows), random.lognormal(3.4, 0.9, rows))
    distance = np.where(frauds, random.gamma(2, 120, rows), random.gamma(1, 25, rows))
    tries = np.where(frauds, 1 + random.poisson(1.0, rows), 1 + random.poisson(0.08, rows))
    shop = random.choice(["food", "fuel", "clothes", "electronics", "travel"], rows)
    shop = np.where(frauds & _some(random, rows, 0.5), "electronics", shop)
    return pd.DataFrame(
        {
            "amount": amount.round(2),
            "hour": hour,
            "shop": shop,
            "km_from_home": distance.round(1),
            "tries": tries,
            "chip_read": np.where(frauds, _some(random, rows, 0.3), _some(random, rows, 0.9)),
            "is_fraud": frauds,
        }
    ).astype({"chip_read": int, "is_fraud": int})


def predictive_maintenance(random: _Random) -> pd.DataFrame:
    """Weekly readings of machines, of which some stop within a week: a machine has many rows, and a date."""
    machines, weeks = 120, 25
    rows = machines * weeks
    machine, week = np.repeat(np.arange(machines), weeks), np.tile(np.arange(weeks), machines)
    # Each machine has its own ways, by which a model would know it again.
    hum = np.repeat(random.normal(0, 1, machines), weeks)
    since_service = (week + np.repeat(random.randint(0, 20, machines), weeks)) % 20
    temperature = 60 + 4 * hum + 0.5 * since_service + random.normal(0, 2, rows)
    vibration = np.exp(0.2 * hum + 0.04 * since_service + random.normal(0, 0.25, rows))
    odds = -4.2 + 0.13 * since_service + 0.09 * (temperature - 65) + 0.9 * (vibration - 1.5)
    return pd.DataFrame(
        {
            "machine": [f"M{number:03d}" for number in machine + 1],
            "read_on": _days("2026-01-05", 7 * week),
            "serviced_on": _days("2026-01-05", 7 * (week - since_service)),
            "model": np.repeat(random.choice(["A200", "A300", "B10"], machines), weeks),
            "temperature": temperature.round(1),
            "vibration": vibration.round(3),
            "load": random.beta(4, 2, rows).round(3),
            "stops": _happens(random, odds).astype(int),
        }
    )


def demand_forecast(random: _Random) -> pd.DataFrame:
    """Sales of each day: what a shop sells of a product depends on weekday, season, offers and the week."""
    shops, products, days = 5, 4, 210
    shop, product, day = (
        axis.ravel() for axis in np.meshgrid(range(shops), range(products), range(days), indexing="ij")
    )
    rows = len(day)
    weekday = day % 7
    is_offer = _some(random, rows, 0.12)
    price = (np.array([2.0, 5.0, 9.0, 14.0])[product] * np.where(is_offer, 0.8, 1.0)).round(2)
    level = (
        np.array([3.4, 2.9, 2.3, 1.8])[product]
        + random.normal(0, 0.4, shops)[shop]
        + np.array([0.0, 0.0, 0.05, 0.1, 0.3, 0.5, -0.6])[weekday]
        + 0.45 * is_offer
        # What nobody has written down: good and bad weeks of a product.
        + random.normal(0, 0.15, (products, days // 7))[product, day // 7]
    )
    sold = random.poisson(np.exp(level))
    before = pd.Series(sold).groupby([shop, product]).shift(7)
    return pd.DataFrame(
        {
            "sold_on": _days("2026-01-05", day),
            "shop": np.array(["Aarau", "Bern", "Chur", "Davos", "Egg"])[shop],
            "product": np.array(["bread", "cheese", "honey", "wine"])[product],
            "price": price,
            "is_offer": is_offer.astype(int),
            "sold_a_week_before": before.astype("Int64"),
            "sold": sold,
        }
    )


def recommendations(random: _Random) -> pd.DataFrame:
    """Films that people have rated: who likes what depends on tastes that no column tells."""
    users, films, rows, tastes = 120, 60, 5000, 2
    pair = random.choice(users * films, size=rows, replace=False)
    user, film = pair // films, pair % films
    taste, content = random.normal(0, 1, (users, tastes)), random.normal(0, 1, (films, tastes))
    odds = (
        0.7 * random.normal(0, 1, users)[user]
        + 0.7 * random.normal(0, 1, films)[film]
        + 1.4 * (taste[user] * content[film]).sum(axis=1)
    )
    return pd.DataFrame(
        {
            "user": [f"U{number:03d}" for number in user + 1],
            "film": [f"F{number:02d}" for number in film + 1],
            "likes": _happens(random, odds).astype(int),
        }
    )


EXAMPLES: Mapping[str, Callable[[_Random], pd.DataFrame]] = {
    "bank_marketing_raw": bank_marketing_raw,
    "churn": churn,
    "credit_risk": credit_risk,
    "demand_forecast": demand_forecast,
    "fraud": fraud,
    "predictive_maintenance": predictive_maintenance,
    "recommendations": recommendations,
}
"""By the pipeline's name."""
_FORMS: Mapping[str, Mapping[str, Any]] = {
    "bank_marketing_raw": {"sep": ";", "quoting": csv.QUOTE_NONNUMERIC},
}


def make_example(pipeline: str) -> pd.DataFrame:
    """Draw a pipeline's table."""
    # numpy keeps the stream of RandomState the same for ever, that of its Generators not (NEP 19).
    return EXAMPLES[pipeline](_Random(SEED))


def text_of(pipeline: str) -> str:
    """Write a pipeline's table as its file has it."""
    form = _FORMS.get(pipeline, {})
    text: str = make_example(pipeline).to_csv(index=False, lineterminator="\n", **form)
    return text


def path_of(pipeline: str) -> Path:
    """Return the place of a pipeline's table."""
    return Path(__file__).parent / "examples" / f"{pipeline}.csv"


def _some(random: _Random, rows: int, share: float) -> _Array:
    chosen: _Array = random.random_sample(rows) < share
    return chosen


def _happens(random: _Random, odds: _Array) -> _Array:
    happened: _Array = random.random_sample(len(odds)) < 1 / (1 + np.exp(-odds))
    return happened


def _days(first: str, after: _Array) -> _Array:
    days: _Array = np.datetime_as_string(np.datetime64(first) + after.astype("timedelta64[D]"))
    return days


if __name__ == "__main__":
    for name in EXAMPLES:
        path_of(name).write_text(text_of(name), encoding="utf-8")
        print(path_of(name).name)
