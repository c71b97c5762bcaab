"""statistics.json, held against what pandas computes of the same table."""

import numpy as np
import pandas as pd
import pytest

from local_aws.processing.analyzer.statistics import inferred_type, statistics_of, type_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "Integral"),
        ("-12", "Integral"),
        ("1.0", "Fractional"),
        (".5", "Fractional"),
        ("5.", "Fractional"),
        ("+0.25", "Fractional"),
        ("1e-05", "String"),
        ("nan", "String"),
        ("true", "String"),
        ("-", "String"),
        ("٣.5x", "String"),
    ],
)
def test_the_type_of_a_value(text: str, kind: str) -> None:
    assert type_of(text) == kind


def test_the_type_of_a_feature_is_that_which_all_its_values_have() -> None:
    assert inferred_type(["Integral", "Integral"]) == "Integral"
    assert inferred_type(["Integral", "Fractional"]) == "Fractional"
    assert inferred_type(["Fractional", "String"]) == "String"
    assert inferred_type([]) == "Unknown"


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    text = frame.astype(object).map(str).astype(object)
    return text.where(frame.notna(), None)


def test_numbers() -> None:
    draws = np.random.default_rng(3)
    numbers = pd.DataFrame({"whole": draws.integers(-5, 50, 700), "real": draws.normal(3, 2, 700)})
    numbers["real"] = numbers["real"].where(draws.random(700) < 0.9).round(6)
    document = statistics_of(as_text(numbers))
    assert (document["version"], document["dataset"]) == (0.0, {"item_count": 700})
    for feature, kind in zip(document["features"], ("Integral", "Fractional"), strict=True):
        column = numbers[feature["name"]]
        assert feature["inferred_type"] == kind
        found = feature["numerical_statistics"]
        assert found["common"] == {"num_present": column.count(), "num_missing": column.isna().sum()}
        assert found["mean"] == pytest.approx(column.mean())
        assert found["sum"] == pytest.approx(column.sum())
        assert found["std_dev"] == pytest.approx(column.std(ddof=0))
        assert (found["min"], found["max"]) == (column.min(), column.max())
        buckets = found["distribution"]["kll"]["buckets"]
        edges = np.linspace(column.min(), column.max(), 11)
        assert [one["lower_bound"] for one in buckets] == pytest.approx(edges[:-1])
        assert [one["upper_bound"] for one in buckets] == pytest.approx(edges[1:])
        assert [one["count"] for one in buckets] == np.histogram(column.dropna(), 10)[0].tolist()
        assert sorted(found["distribution"]["kll"]["sketch"]["data"][0]) == sorted(column.dropna())


def test_a_constant_feature_has_its_values_in_one_bucket() -> None:
    (feature,) = statistics_of(as_text(pd.DataFrame({"a": [7, 7, 7]})))["features"]
    found = feature["numerical_statistics"]
    assert (found["min"], found["max"], found["std_dev"]) == (7.0, 7.0, 0.0)
    assert sum(one["count"] for one in found["distribution"]["kll"]["buckets"]) == 3.0


def test_text_has_its_values_by_how_often_they_occur() -> None:
    (feature,) = statistics_of(as_text(pd.DataFrame({"job": ["b", "a", "b", None]})))["features"]
    buckets = [{"value": "b", "count": 2}, {"value": "a", "count": 1}]
    assert feature == {
        "name": "job",
        "inferred_type": "String",
        "string_statistics": {
            "common": {"num_present": 3, "num_missing": 1},
            "distinct_count": 2.0,
            "distribution": {"categorical": {"buckets": buckets}},
        },
    }


def test_text_of_more_than_120_values_has_no_distribution() -> None:
    (feature,) = statistics_of(pd.DataFrame({"id": [f"id-{number}" for number in range(121)]}))["features"]
    assert feature["string_statistics"] == {
        "common": {"num_present": 121, "num_missing": 0},
        "distinct_count": 121.0,
    }


def test_a_feature_of_nothing_is_unknown() -> None:
    (feature,) = statistics_of(pd.DataFrame({"a": [None, None]}, dtype=object))["features"]
    assert feature["inferred_type"] == "Unknown"
    assert feature["string_statistics"]["common"] == {"num_present": 0, "num_missing": 2}
