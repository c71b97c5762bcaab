from typing import Any

import pytest

from include.pipeline.documents.params import RunParams
from include.pipeline.documents.table.costs import OutcomeValues
from plugins.model_report.comparison.params_and_features import (
    ParamRow,
    compare_features,
    compare_params,
    costs_of,
)
from tests.pipeline.planned import CONFIG
from tests.plugins.model_report.evaluations import evaluation_of


def test_features_are_those_that_contribute_most_to_either() -> None:
    first = evaluation_of(features={"age": 0.1, "pdays": 0.4} | {f"f{i}": 0.01 for i in range(20)})
    second = evaluation_of(features={"age": 0.5, "only_here": 0.3})
    rows = compare_features([first, second])
    assert [(row.name, *row.values) for row in rows[:3]] == [
        ("age", 0.1, 0.5),
        ("pdays", 0.4, None),
        ("only_here", None, 0.3),
    ]
    assert len(rows) == 10


def compared(*runs: RunParams) -> list[ParamRow]:
    return compare_params([each.model_dump() for each in runs])


def test_only_params_that_differ_are_listed() -> None:
    first = CONFIG.params
    second = first.model_copy(
        update={
            "seed": 7,
            "bucket": "a-bucket",
            "hyperparameters": {**first.hyperparameters, "max_depth": 6, "alpha": 1},
        }
    )
    assert [(row.name, *row.values) for row in compared(first, second)] == [
        ("seed", "1729", "7"),
        ("hyperparameters.max_depth", "5", "6"),
        ("bucket", "not set", "a-bucket"),
        ("hyperparameters.alpha", "not set", "1"),
    ]
    assert compared(first, first) == []


def test_of_a_url_only_what_may_be_logged_is_shown() -> None:
    first = CONFIG.params.model_copy(update={"data_url": "https://example.org/a.csv?signature=1"})
    second = CONFIG.params.model_copy(update={"data_url": "https://example.org/a.csv?signature=2"})
    third = CONFIG.params.model_copy(update={"data_url": "https://example.org/b.csv?signature=2"})
    (row,) = compared(first, second, third)
    assert row.values == (
        "https://example.org/a.csv",
        "https://example.org/a.csv (differs in a part that is not shown)",
        "https://example.org/b.csv",
    )


@pytest.mark.parametrize(
    ("params", "costs"),
    [
        ({"call_cost": 5.0, "deposit_value": 50}, OutcomeValues(true_positive=45, false_positive=-5)),
        ({"call_cost": 5.0}, None),
        ({"call_cost": "5", "deposit_value": 50}, None),
        ({"call_cost": float("nan"), "deposit_value": 50}, None),
    ],
)
def test_costs_are_those_of_the_params_where_they_tell(
    params: dict[str, Any], costs: OutcomeValues | None
) -> None:
    assert costs_of(params) == costs
