"""Candidates for a tuning job: within their ranges, on their scales, repeatable, and never twice."""

import itertools
from typing import Any

import numpy as np
import pytest

from local_aws.errors import ValidationError
from local_aws.tuning.ranges import draws, grid, ranges_of


def numeric(low: str, high: str, scaling: str | None = None, name: str = "x") -> dict[str, str]:
    return {"Name": name, "MinValue": low, "MaxValue": high, **({"ScalingType": scaling} if scaling else {})}


def continuous(low: str, high: str, scaling: str | None = None) -> dict[str, Any]:
    return {"ContinuousParameterRanges": [numeric(low, high, scaling)]}


def integer(low: str, high: str, scaling: str | None = None) -> dict[str, Any]:
    return {"IntegerParameterRanges": [numeric(low, high, scaling)]}


def categorical(*values: str, name: str = "x") -> dict[str, Any]:
    return {"CategoricalParameterRanges": [{"Name": name, "Values": list(values)}]}


def values(parameter_ranges: dict[str, Any], count: int) -> list[float]:
    candidates = itertools.islice(draws(ranges_of(parameter_ranges), "seed"), count)
    return [float(candidate["x"]) for candidate in candidates]


@pytest.mark.parametrize(
    ("scaling", "low", "high", "median"),
    [
        (None, "10", "1000", 505),
        ("Auto", "10", "1000", 505),
        ("Linear", "10", "1000", 505),
        ("Logarithmic", "10", "1000", 100),
        # Half of the way, on the scale of the distance to 1, between 0.1 and 0.001.
        ("ReverseLogarithmic", "0.9", "0.999", 0.99),
    ],
)
def test_a_scale_puts_half_of_the_draws_below_its_middle(
    scaling: str | None, low: str, high: str, median: float
) -> None:
    drawn = values(continuous(low, high, scaling), 2000)
    assert min(drawn) >= float(low)
    assert max(drawn) <= float(high)
    # The share below the true median is binomial: 2000 draws are within 4.5 % of it, at four sigma.
    assert np.mean(np.array(drawn) < median) == pytest.approx(0.5, abs=0.045)


@pytest.mark.parametrize(("scaling", "count"), [("Linear", 5), ("Logarithmic", 5)])
def test_every_integer_can_be_drawn_the_ends_too_and_as_an_integer(scaling: str, count: int) -> None:
    drawn = [candidate["x"] for candidate in draws(ranges_of(integer("1", "5", scaling)), "seed")]
    assert sorted(drawn) == ["1", "2", "3", "4", "5"]
    assert len(drawn) == count


def test_draws_end_when_there_is_nothing_new() -> None:
    candidates = list(draws(ranges_of({**integer("1", "3"), **categorical("a", "b", name="y")}), 1))
    assert len(candidates) == 6
    assert len({tuple(candidate.values()) for candidate in candidates}) == 6


def test_a_seed_decides_everything() -> None:
    ranges = ranges_of({**continuous("0", "1"), **categorical("a", "b", name="y")})
    first, again, other = (list(itertools.islice(draws(ranges, seed), 5)) for seed in ("a", "a", "b"))
    assert first == again
    assert first != other


def test_a_grid_is_every_combination_in_order() -> None:
    ranges = ranges_of(
        {
            "CategoricalParameterRanges": [
                {"Name": "x", "Values": ["1", "2"]},
                {"Name": "y", "Values": ["a", "b"]},
            ]
        }
    )
    assert [(one["x"], one["y"]) for one in grid(ranges)] == [
        ("1", "a"),
        ("1", "b"),
        ("2", "a"),
        ("2", "b"),
    ]


@pytest.mark.parametrize(
    ("parameter_ranges", "message"),
    [
        pytest.param({}, "ParameterRanges must have one range", id="none"),
        pytest.param({**integer("1", "2"), **continuous("1", "2")}, "ParameterRanges must have", id="twice"),
        pytest.param(
            integer("1.5", "2"), "Hyperparameter x: MinValue and MaxValue must each be an integer.", id="int"
        ),
        pytest.param(
            continuous("a", "2"), "Hyperparameter x: MinValue and MaxValue must each be a number.", id="text"
        ),
        pytest.param(
            continuous("3", "2"), "Hyperparameter x: MinValue must not be above MaxValue.", id="order"
        ),
        pytest.param(continuous("nan", "2"), "Hyperparameter x: MinValue must not be above", id="nan"),
        pytest.param(
            continuous("0", "2", "Logarithmic"),
            "Hyperparameter x: ScalingType Logarithmic needs values above 0.",
            id="log-of-zero",
        ),
        pytest.param(
            continuous("0.5", "1", "ReverseLogarithmic"),
            "Hyperparameter x: ScalingType ReverseLogarithmic needs a continuous range within",
            id="reverse-log-of-one",
        ),
        pytest.param(
            integer("0", "0", "ReverseLogarithmic"),
            "Hyperparameter x: ScalingType ReverseLogarithmic needs a continuous range within",
            id="reverse-log-of-integers",
        ),
    ],
)
def test_refused(parameter_ranges: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ranges_of(parameter_ranges)
    assert caught.value.message.startswith(message)


def test_a_grid_of_numbers_is_refused() -> None:
    with pytest.raises(ValidationError, match="supports CategoricalParameterRanges only"):
        grid(ranges_of(integer("1", "2")))
