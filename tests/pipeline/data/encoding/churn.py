"""A made-up table of customers, some of whom leave: numbers, text, dates, identifiers, and holes in all."""

import io

import numpy as np
import pandas as pd

from include.pipeline.data.encoding.encoded_rows import fit_rows
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.table.config import TableConfig

TABLE = TableConfig.model_validate(
    {
        "label": "churned",
        "positive": "Yes",
        "show_values": True,
        "leaks": ["refund"],
        "columns": {
            "plan": "category",
            "region": {"kind": "category", "most": 3},
            "city": {"kind": "category", "encode": "ordinal"},
            "born": {"kind": "date", "parts": ["year"]},
            "signup": {
                "kind": "date",
                "parts": ["year", "quarter", "month", "day", "weekday"],
                "since": "born",
            },
            "customer": "identifier",
            "notes": "text",
            "age": "number",
        },
    }
)


def churn(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Make the table: cells as they are written, the plan and the age telling who leaves."""
    random = np.random.RandomState(seed)
    plan = random.choice(["basic", "family", "pro"], rows, p=[0.5, 0.3, 0.2])
    age = random.randint(18, 80, rows)
    odds = 1.5 * (plan == "basic") - (age - 50) / 20 - 0.7
    signup = pd.Timestamp("2015-01-01") + pd.to_timedelta(random.randint(0, 3650, rows), unit="D")
    found = pd.DataFrame(
        {
            "customer": [f"C{number:05d}" for number in range(rows)],
            "plan": plan,
            "region": random.choice([*"ABCDEFG"], rows, p=[0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05]),
            "city": random.choice(["Zürich", "Genève", "Bern, BE", 'the "village"'], rows),
            "age": age.astype(str),
            "calls": random.poisson(2, rows).astype(str),
            "fee": [f"{fee:.2f}" for fee in random.gamma(2, 20, rows)],
            "born": (signup - pd.to_timedelta(random.randint(7000, 25000, rows), unit="D")).strftime(
                "%Y-%m-%d"
            ),
            "signup": signup.strftime("%Y-%m-%d"),
            "notes": "called, twice",
            "refund": "1.5",
            "churned": np.where(random.random_sample(rows) < 1 / (1 + np.exp(-odds)), "Yes", "No"),
        }
    )
    for column, words in {
        "plan": ["", "?"],
        "age": ["?", "NA"],
        "signup": ["", "null"],
        "calls": [""],
    }.items():
        holes = random.random_sample(rows) < 0.05
        found.loc[holes, column] = random.choice(words, holes.sum())
    return found


def written(frame: pd.DataFrame) -> bytes:
    """Write the table as CSV."""
    return frame.to_csv(index=False).encode()


def fitted(frame: pd.DataFrame, table: TableConfig = TABLE) -> tuple[Encoding, Rows, Rows]:
    """Split a table, fit its encoding, and return the original training and test rows too."""
    data = read_table(io.BytesIO(written(frame)), table)
    train, test = split_table(data, table, train_fraction=0.7, seed=1729)
    return fit_rows(train, table), train, test
