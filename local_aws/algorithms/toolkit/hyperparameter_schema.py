"""The hyperparameters of Amazon's own algorithms: how they are read and refused.

Their images check them with a JSON schema. They report a violation as one sentence and its cause.

Source of the texts: the toolkit's code where AWS published it (awslabs' vowpal_wabbit serving image).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local_aws.algorithms.interval import Interval
from local_aws.errors import ClientError

AUTO = "auto"


@dataclass(frozen=True)
class Hyperparameter:
    """One hyperparameter."""

    parse: Callable[[str], Any]
    """The function that reads its text. A ValueError refuses the text."""
    expects: str
    """The values that it may have, in the words of the refusal."""
    default: Any = None
    """The value where the job gives none."""
    is_required: bool = False
    """Whether the job must give a value."""


def integer(low: int, high: int | None = None, default: Any = None, **options: bool) -> Hyperparameter:
    """Define a whole number of at least `low`, and at most `high`."""
    words = f"an integer greater than {low}" if high is None else f"an integer between {low} and {high}"
    interval = Interval(f"[{low}, {'+inf)' if high is None else f'{high}]'}")
    return _number(int, interval, words, default, **options)


def number(interval: str, default: Any = None, **options: bool) -> Hyperparameter:
    """Define a number in an interval such as "(0, +inf)"."""
    return _number(float, Interval(interval), f"a number in {interval}", default, **options)


def _number(
    parse: Callable[[str], Any],
    interval: Interval,
    words: str,
    default: Any,
    *,
    auto: bool = False,
    required: bool = False,
) -> Hyperparameter:
    def read(text: str) -> Any:
        value = parse(text)
        if value not in interval:
            raise ValueError(text)
        return value

    plain = Hyperparameter(read, f"expects {words}", default, required)
    return or_words(plain, AUTO) if auto else plain


def or_words(hyperparameter: Hyperparameter, *words: str) -> Hyperparameter:
    """Return the same hyperparameter, which may also be one of the words."""

    def read(text: str) -> Any:
        return text if text in words else hyperparameter.parse(text)

    quoted = "; or ".join(f"'{word}'" for word in words)
    expects = f"expects one of the following: {quoted}; or {hyperparameter.expects.removeprefix('expects ')}"
    return replace(hyperparameter, parse=read, expects=expects)


def choice(*values: str, default: str | None = None, required: bool = False) -> Hyperparameter:
    """Define a hyperparameter that is one of the values."""

    def read(text: str) -> str:
        if text not in values:
            raise ValueError(text)
        return text

    quoted = ", ".join(f"'{value}'" for value in values)
    return Hyperparameter(read, f"accepts one of the following: {quoted}", default, required)


def some_of(*values: str) -> Hyperparameter:
    """Define a hyperparameter that is a JSON list of some of the values; by default of all of them."""

    def read(text: str) -> tuple[str, ...]:
        listed = json.loads(text.replace("'", '"'))
        if not isinstance(listed, list) or not listed or not all(value in values for value in listed):
            raise ValueError(text)
        return tuple(listed)

    quoted = ", ".join(f"'{value}'" for value in values)
    return Hyperparameter(read, f"expects a list with elements of the following: {quoted}", values)


def read(schema: Mapping[str, Hyperparameter], given: Mapping[str, str]) -> dict[str, Any]:
    """Read a job's hyperparameters.

    Args:
        schema: The algorithm's hyperparameters, by name.
        given: Names and texts, as the API carries them.

    Returns:
        The values of all hyperparameters by name, with their defaults.

    Raises:
        ClientError: A hyperparameter is unknown, missing or refused.
    """
    if unknown := sorted(set(given) - set(schema)):
        names = ", ".join(f"'{name}'" for name in unknown)
        unexpected = f"are not allowed ({names} {'was' if len(unknown) == 1 else 'were'} unexpected)"
        raise refusal(f"Additional hyperparameters {unexpected}", f"Additional properties {unexpected}")
    required = [name for name, hyperparameter in schema.items() if hyperparameter.is_required]
    if missing := [name for name in required if name not in given]:
        names = ", ".join(f"'{name}'" for name in missing)
        raise refusal(
            f"No value(s) were specified for {names} which are required hyperparameter(s)",
            f"'{missing[0]}' is a required property",
        )
    values = {name: hyperparameter.default for name, hyperparameter in schema.items()}
    for name, text in given.items():
        try:
            values[name] = schema[name].parse(text)
        except ValueError as error:
            raise refusal(
                f"The value '{text}' is not valid for the '{name}' hyperparameter which "
                f"{schema[name].expects}",
                f"'{text}' is not valid under any of the given schemas",
            ) from error
    return values


def refusal(sentence: str, cause: str) -> ClientError:
    """Return the error that consists of a sentence and its cause."""
    return ClientError(f"{sentence} (caused by ValidationError)\n\nCaused by: {cause}")
