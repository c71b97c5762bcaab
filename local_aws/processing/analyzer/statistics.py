"""The statistics of each feature: statistics.json.

Sources: developer guide, "Schema for Statistics (statistics.json file)"; types and standard deviation as
Deequ tells them, on which AWS's analyzer is built (awslabs/deequ, StatefulDataType and StandardDeviation).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from local_aws.processing.analyzer.sketch import Numbers, sketch_of

Document = dict[str, Any]
VERSION = 0.0
# Deequ's patterns. A number such as 1e-05 is a String: see "Create a model quality baseline".
_FRACTIONAL = re.compile(r"[-+]? ?(\d+\.\d*|\.\d+)")
_INTEGRAL = re.compile(r"[-+]? ?\d+")
_BUCKETS = 10
# Deequ, ColumnProfiler: the most distinct values of which a histogram is kept.
MOST_CATEGORIES = 120


def type_of(text: str) -> str:
    """Return the type of one value: Integral, Fractional or String."""
    if _INTEGRAL.fullmatch(text):
        return "Integral"
    return "Fractional" if _FRACTIONAL.fullmatch(text) else "String"


def inferred_type(types: Iterable[str]) -> str:
    """Return the type of a feature by those of its values. Without any, it is Unknown."""
    found = set(types)
    for wider in ("String", "Fractional", "Integral"):
        if wider in found:
            return wider
    return "Unknown"


def statistics_of(frame: pd.DataFrame) -> Document:
    """Describe each column of a table of text.

    Args:
        frame: Text, with None for what is missing.

    Returns:
        The content of statistics.json.
    """
    return {
        "version": VERSION,
        "dataset": {"item_count": len(frame)},
        "features": [_feature(str(name), frame[name]) for name in frame.columns],
    }


def features(document: Mapping[str, Any]) -> dict[str, Document]:
    """Return the features of statistics.json or constraints.json, by name."""
    return {feature["name"]: feature for feature in document["features"]}


def counts(feature: Document) -> tuple[int, int]:
    """Return how many values of a feature there are, and how many are missing."""
    statistics = feature.get("numerical_statistics") or feature["string_statistics"]
    return statistics["common"]["num_present"], statistics["common"]["num_missing"]


def completeness(feature: Document) -> float:
    """Return the share of a feature's values that are there."""
    present, missing = counts(feature)
    return present / (present + missing)


def _feature(name: str, column: "pd.Series[Any]") -> Document:
    values = [value for value in column if value is not None]
    common = {"num_present": len(values), "num_missing": len(column) - len(values)}
    kind = inferred_type(map(type_of, values))
    described: Document = {"name": name, "inferred_type": kind}
    if kind in ("Integral", "Fractional"):
        numbers = np.array([value.replace(" ", "") for value in values], dtype=np.float64)
        return {**described, "numerical_statistics": {"common": common, **_numerical(numbers)}}
    return {**described, "string_statistics": {"common": common, **_of_strings(values)}}


def _numerical(numbers: Numbers) -> Document:
    lowest, highest = float(numbers.min()), float(numbers.max())
    edges = np.linspace(lowest, highest, _BUCKETS + 1)
    heights, _ = np.histogram(numbers, edges)
    buckets = [
        {"lower_bound": float(low), "upper_bound": float(high), "count": float(count)}
        for low, high, count in zip(edges, edges[1:], heights, strict=False)
    ]
    return {
        "mean": float(numbers.mean()),
        "sum": float(numbers.sum()),
        "std_dev": float(numbers.std()),
        "min": lowest,
        "max": highest,
        "distribution": {"kll": {"buckets": buckets, "sketch": sketch_of(numbers)}},
    }


def _of_strings(values: list[str]) -> Document:
    found = Counter(values)
    described: Document = {"distinct_count": float(len(found))}
    if len(found) <= MOST_CATEGORIES:
        buckets = [{"value": value, "count": count} for value, count in found.most_common()]
        described["distribution"] = {"categorical": {"buckets": buckets}}
    return described
