"""Data that breaks the constraints of its baseline, by one thing at a time."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.constraints import suggested
from local_aws.processing.analyzer.statistics import statistics_of
from local_aws.processing.analyzer.violations import emits_metrics, evaluate

ROWS = 1000
DRAWS = np.random.default_rng(11)
BASELINE = pd.DataFrame(
    {
        "age": DRAWS.integers(18, 90, ROWS).astype(str),
        "rate": [f"{value:.3f}" for value in DRAWS.normal(size=ROWS)],
        "job": DRAWS.choice(["clerk", "nurse"], ROWS),
    },
    dtype=object,
)


def violations(changed: pd.DataFrame, **config: Any) -> list[tuple[str, str, str]]:
    statistics = statistics_of(BASELINE)
    constraints = suggested(statistics)
    constraints["monitoring_config"] = {**constraints["monitoring_config"], **config}
    found = evaluate(changed, statistics_of(changed), constraints, statistics).violations
    return [(one["feature_name"], one["constraint_check_type"], one["description"]) for one in found]


def with_column(name: str, values: list[Any]) -> pd.DataFrame:
    return BASELINE.assign(**{name: pd.Series(values, dtype=object)})


def test_the_baseline_itself_breaks_nothing() -> None:
    assert violations(BASELINE) == []


def test_a_value_of_another_type() -> None:
    ages = list(BASELINE["age"])
    ages[:5] = ["unknown"] * 5
    assert violations(with_column("age", ages)) == [
        (
            "age",
            "data_type_check",
            (
                "Data type match requirement is not met. Expected data type: Integral, Expected match: "
                "100.0%. Observed: Only 99.5% of data is Integral."
            ),
        )
    ]
    assert violations(with_column("age", ages), datatype_check_threshold=0.99) == []


def test_a_missing_value() -> None:
    rates = list(BASELINE["rate"])
    rates[7] = None
    assert violations(with_column("rate", rates)) == [
        ("rate", "completeness_check", "Value: 0.999 does not meet the constraint requirement!")
    ]


def test_a_value_out_of_the_domain() -> None:
    jobs = list(BASELINE["job"])
    jobs[3:5] = ["pilot"] * 2
    assert violations(with_column("job", jobs)) == [
        ("job", "categorical_values_check", "Value: 0.998 does not meet the constraint requirement!")
    ]
    assert violations(with_column("job", jobs), domain_content_threshold=0.99) == []


def test_numbers_from_elsewhere() -> None:
    ((name, check, description),) = violations(
        with_column("age", [str(int(a) + 40) for a in BASELINE["age"]])
    )
    assert (name, check) == ("age", "baseline_drift_check")
    assert description.startswith("Baseline drift distance: 0.")
    assert description.endswith(" exceeds threshold: 0.1")


def test_categories_in_other_shares() -> None:
    ((name, check, _),) = violations(with_column("job", ["clerk"] * ROWS))
    assert (name, check) == ("job", "baseline_drift_check")


def test_drift_is_not_looked_for_where_the_constraints_say_so() -> None:
    moved = with_column("age", [str(int(age) + 40) for age in BASELINE["age"]])
    assert violations(moved, distribution_constraints={"perform_comparison": "Disabled"}) == []
    assert violations(moved, evaluate_constraints="Disabled") == []


@pytest.mark.parametrize("place", [(), ("num_constraints",)])
@pytest.mark.parametrize("name", ["monitoring_config_overrides", "monitoringConfigOverrides"])
def test_a_feature_overrides_the_configuration(place: tuple[str, ...], name: str) -> None:
    moved = with_column("age", [str(int(age) + 40) for age in BASELINE["age"]])
    statistics = statistics_of(BASELINE)
    constraints = suggested(statistics)
    feature = constraints["features"][0]
    (feature[place[0]] if place else feature)[name] = {
        "distribution_constraints": {"comparison_threshold": 0.9},
        "emit_metrics": "Disabled",
    }
    assert evaluate(moved, statistics_of(moved), constraints, statistics).violations == []
    assert emits_metrics(constraints) == {"age": False, "rate": True, "job": True}


@pytest.mark.parametrize(
    ("member", "value", "known"),
    [
        ("categorical_drift_method", "ChiSquared", "LInfinity"),
        ("comparison_method", "Exact", "Robust, Simple"),
    ],
)
def test_another_comparison_is_refused(member: str, value: str, known: str) -> None:
    with pytest.raises(AnalysisError) as caught:
        violations(BASELINE, distribution_constraints={member: value})
    assert str(caught.value) == (
        f"The constraints have the {member} {value}; local AWS's analyzer has {known}."
    )


@pytest.mark.parametrize(
    ("changed", "which", "count"),
    [(BASELINE.drop(columns="rate"), "missing", 2), (BASELINE.assign(more="1"), "extra", 4)],
)
def test_another_number_of_columns(changed: pd.DataFrame, which: str, count: int) -> None:
    assert violations(changed) == [
        (
            f"{which.capitalize()} columns",
            f"{which}_column_check",
            (
                f"There are {which} columns in current dataset. Number of columns in current dataset: "
                f"{count}, Number of columns in baseline constraints: 3"
            ),
        )
    ]
