"""The ranges of a tuning job's hyperparameters, and the candidates drawn from them."""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

_Scaling = Literal["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"]
# After so many draws in a row without a new combination, none is taken to be left.
_PATIENCE = 10_000


class Range(Protocol):
    """The values that a hyperparameter may have."""

    @property
    def name(self) -> str:
        """The name of the hyperparameter."""

    @property
    def size(self) -> float:
        """The number of its values, which is infinite for a continuous range."""

    def draw(self, source: random.Random) -> str:
        """Draw a value, and return its text."""

    def has(self, value: str) -> bool:
        """Tell whether it has a value."""


@dataclass(frozen=True)
class NumericRange:
    """Numbers from `low` to `high`, both included, drawn evenly on a scale.

    Auto is taken for Linear. Source: "Hyperparameter Scaling" in the SageMaker developer guide.
    """

    name: str
    low: float
    high: float
    scaling: _Scaling
    is_integer: bool

    @property
    def size(self) -> float:
        """The number of its values."""
        return self.high - self.low + 1 if self.is_integer else math.inf

    @property
    def _ends(self) -> tuple[float, float]:
        """Its ends on its scale."""
        # An integer stands for all numbers that round to it. So the ends are as likely as the others.
        margin = 0.5 if self.is_integer else 0.0
        return self._scaled(self.low - margin), self._scaled(self.high + margin)

    def _scaled(self, value: float) -> float:
        if self.scaling == "Logarithmic":
            return math.log(value)
        return -math.log(1 - value) if self.scaling == "ReverseLogarithmic" else value

    def draw(self, source: random.Random) -> str:
        """Draw a number."""
        return self.at(source.random())

    def at(self, share: float) -> str:
        """Return the number at a share of the way from its lower to its upper end, on its scale."""
        low, high = self._ends
        place = low + (high - low) * share
        if self.scaling == "Logarithmic":
            place = math.exp(place)
        elif self.scaling == "ReverseLogarithmic":
            place = 1 - math.exp(-place)
        value = min(max(place, self.low), self.high)
        return str(round(value)) if self.is_integer else str(value)

    def share_of(self, value: str) -> float:
        """Return the share of the way at which a number is."""
        low, high = self._ends
        return (self._scaled(float(value)) - low) / (high - low) if high > low else 0.5

    def has(self, value: str) -> bool:
        """Tell whether it has a number."""
        try:
            return self.low <= float(value) <= self.high
        except ValueError:
            return False


@dataclass(frozen=True)
class CategoricalRange:
    """One of several texts."""

    name: str
    values: tuple[str, ...]

    @property
    def size(self) -> float:
        """The number of its values."""
        return len(self.values)

    def draw(self, source: random.Random) -> str:
        """Draw a text."""
        return source.choice(self.values)

    def has(self, value: str) -> bool:
        """Tell whether it has a text."""
        return value in self.values


def ranges_of(parameter_ranges: JsonObject) -> list[Range]:
    """Read a ParameterRanges.

    Raises:
        ValidationError: A range is not valid, a hyperparameter has two ranges, or there is no range.
    """
    ranges: list[Range] = [
        *(_numeric(given, is_integer=True) for given in parameter_ranges.get("IntegerParameterRanges", [])),
        *(
            _numeric(given, is_integer=False)
            for given in parameter_ranges.get("ContinuousParameterRanges", [])
        ),
        *(
            CategoricalRange(given["Name"], tuple(given["Values"]))
            for given in parameter_ranges.get("CategoricalParameterRanges", [])
        ),
    ]
    names = [one.name for one in ranges]
    if not names or len(set(names)) < len(names):
        raise ValidationError("ParameterRanges must have one range for each of at least one hyperparameter.")
    return ranges


def _numeric(given: JsonObject, *, is_integer: bool) -> NumericRange:
    name, scaling = given["Name"], given.get("ScalingType", "Auto")
    read = int if is_integer else float
    try:
        low, high = read(given["MinValue"]), read(given["MaxValue"])
    except ValueError as error:
        kind = "an integer" if is_integer else "a number"
        raise ValidationError(f"Hyperparameter {name}: MinValue and MaxValue must each be {kind}.") from error
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValidationError(f"Hyperparameter {name}: MinValue must not be above MaxValue.")
    if scaling == "Logarithmic" and low <= 0:
        raise ValidationError(f"Hyperparameter {name}: ScalingType Logarithmic needs values above 0.")
    if scaling == "ReverseLogarithmic" and (is_integer or low < 0 or high >= 1):
        raise ValidationError(
            f"Hyperparameter {name}: ScalingType ReverseLogarithmic needs a continuous range within [0, 1)."
        )
    return NumericRange(name, low, high, scaling, is_integer)


def grid(ranges: list[Range]) -> Iterator[dict[str, str]]:
    """Return every combination of categorical ranges.

    Raises:
        ValidationError: A range is not categorical.
    """
    categorical = [one for one in ranges if isinstance(one, CategoricalRange)]
    if len(categorical) < len(ranges):
        raise ValidationError("The strategy Grid supports CategoricalParameterRanges only.")
    names = [one.name for one in categorical]
    combinations = itertools.product(*(one.values for one in categorical))
    return (dict(zip(names, values, strict=True)) for values in combinations)


def draws(
    ranges: list[Range], seed: str | int, known: set[tuple[str, ...]] | None = None
) -> Iterator[dict[str, str]]:
    """Yield random combinations, none of them twice. The same seed yields the same ones.

    Args:
        ranges: The ranges.
        seed: The seed.
        known: Combinations that are not wanted again, as values in the order of the ranges. It grows.
    """
    source = random.Random(seed)  # noqa: S311 - a search, not a secret
    known = set() if known is None else known
    misses = 0
    while misses < _PATIENCE:
        candidate = {one.name: one.draw(source) for one in ranges}
        values = tuple(candidate.values())
        if values in known:
            misses += 1
            continue
        misses = 0
        known.add(values)
        yield candidate
