"""Each hyperparameter on its own, as the image reads and refuses it."""

import ast
import difflib
import math
from collections.abc import Callable, Mapping
from typing import Any

from include.pipeline.planning.hyperparameters.image_rules import Entry, ImageRules

# What xgboost.sklearn and other images call it.
_OTHER_NAMES = {
    "n_estimators": "num_round",
    "num_boost_round": "num_round",
    "silent": "verbosity",
    "random_state": "seed",
    "n_jobs": "nthread",
}
_LARGEST_INTEGER = 2**31 - 1
# XGBoost reads numbers in single precision, and fails on one that underflows or overflows there.
_SMALLEST_NUMBER, _LARGEST_NUMBER = 1.1754944e-38, 3.4028234e38


def read_values(given: Mapping[str, str], rules: ImageRules) -> tuple[dict[str, Any], list[str]]:
    """Read the texts that go to the image.

    Args:
        given: Texts by name.
        rules: Of the image's version.

    Returns:
        The values that are valid, by name, an alias under the name that it stands for; and what is wrong
        with the others.
    """
    values: dict[str, Any] = {}
    faults = [
        f"{name!r} is missing"
        for name, entry in rules.hyperparameters.items()
        if entry.required and name not in given
    ]
    for said, text in given.items():
        name = rules.aliases.get(said, said)
        if name != said and name in given:
            faults.append(f"{said} = {text!r} (is another name of {name}, which is given too: leave one out)")
            continue
        entry = rules.hyperparameters.get(name)
        fault = _of_name(said, entry, rules) if entry is None or _is_refused(entry, rules) else None
        if entry is not None and fault is None:
            try:
                is_word = text in entry.words
                values[name] = text if is_word else _READERS[entry.type](name, text, entry, rules)
            except ValueError as error:
                fault = f"{said} = {text!r} ({error})"
        if fault:
            faults.append(fault)
    return values, faults


def _is_refused(entry: Entry, rules: ImageRules) -> bool:
    return not rules.takes(entry) or rules.is_obsolete(entry)


def _of_name(name: str, entry: Entry | None, rules: ImageRules) -> str:
    if entry is None:
        known = [known for known, one in rules.hyperparameters.items() if not _is_refused(one, rules)]
        close = difflib.get_close_matches(name.lower(), known, n=1)
        other = _OTHER_NAMES.get(name)
        meant = other if other in known else next(iter(close), None)
        return f"{name!r} is unknown" + (f", did you mean {meant!r}?" if meant else "")
    if rules.takes(entry):
        return f"{name!r} has no effect: image {rules.version} takes it, and its XGBoost ignores it"
    if entry.until and not rules.is_before(entry.until):
        instead = f": {_OTHER_NAMES[name]} replaces it" if name in _OTHER_NAMES else ""
        return f"{name!r} is unknown to images after {entry.until}{instead}"
    return f"{name!r} is known to images from {entry.since} on only"


def _in_range(value: float, text: str) -> bool:
    low, high = (float(end) for end in text[1:-1].split(","))
    above = value >= low if text[0] == "[" else value > low
    return above and (value <= high if text[-1] == "]" else value < high)


def _integer(_: str, text: str, entry: Entry, __: ImageRules) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ValueError("has to be a whole number, written without a point") from None
    if not _in_range(value, entry.range or ""):
        raise ValueError(f"has to be in {entry.range}")
    if value > _LARGEST_INTEGER:
        raise ValueError(f"has to be at most {_LARGEST_INTEGER}")
    return value


def _number(_: str, text: str, entry: Entry, __: ImageRules) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("has to be a number") from None
    if not math.isfinite(value) or not _in_range(value, entry.range or ""):
        raise ValueError(f"has to be in {entry.range}")
    if value and not _SMALLEST_NUMBER <= abs(value) <= _LARGEST_NUMBER:
        raise ValueError("has to be 0 or a number that single precision holds, from 1.2e-38 to 3.4e38")
    return value


def _choice(name: str, text: str, entry: Entry, rules: ImageRules) -> str:
    values = [str(value) for value in rules.values(name, entry.values)]
    if text not in values:
        close = difflib.get_close_matches(text, values, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"image {rules.version} can do {', '.join(values)}{hint}")
    return text


def _list(name: str, text: str, entry: Entry, rules: ImageRules) -> list[str]:
    return [_choice(name, item, entry, rules) for item in text.split(",")]


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _tuple(_: str, text: str, entry: Entry, __: ImageRules) -> tuple[int, ...]:
    value = _literal(text)
    if not isinstance(value, tuple) or not all(type(item) is int and item in entry.values for item in value):
        raise ValueError("has to be a tuple of -1, 0 and 1 in parentheses, such as (1, 0, -1) or (1,)")
    return value


def _lists(_: str, text: str, entry: Entry, __: ImageRules) -> list[list[int]]:
    value = _literal(text)
    if not isinstance(value, list) or not all(
        isinstance(inner, list) and all(type(i) is int and _in_range(i, entry.range or "") for i in inner)
        for inner in value
    ):
        raise ValueError("has to be a list of lists of whole numbers from 1 on, such as [[1, 2], [3, 4]]")
    return value


def _metrics(name: str, text: str, entry: Entry, rules: ImageRules) -> list[str]:
    for metric in text.split(","):
        kind, at, threshold = metric.partition("@")
        if at and kind in rules.metrics_with_threshold:
            _check_threshold(metric, kind, threshold)
        else:
            _choice(name, metric, entry.model_copy(update={"values": rules.metrics}), rules)
    return text.split(",")


def _check_threshold(metric: str, kind: str, threshold: str) -> None:
    if kind == "error":
        try:
            is_number = math.isfinite(float(threshold))
        except ValueError:
            is_number = False
        if not is_number or not threshold.isascii():
            raise ValueError(f"{metric}: after error@ stands a number, such as error@0.7")
    elif not (threshold.isascii() and threshold.isdecimal() and 0 < int(threshold) <= _LARGEST_INTEGER):
        raise ValueError(f"{metric}: after {kind}@ stands a whole number from 1 on, such as {kind}@10")


def _metric(name: str, text: str, entry: Entry, rules: ImageRules) -> str:
    allowed = tuple(f"validation:{metric}" for metric in rules.metrics)
    return _choice(name, text, entry.model_copy(update={"values": allowed}), rules)


_READERS: Mapping[str, Callable[[str, str, Entry, ImageRules], Any]] = {
    "integer": _integer,
    "number": _number,
    "choice": _choice,
    "list": _list,
    "tuple": _tuple,
    "lists": _lists,
    "metrics": _metrics,
    "metric": _metric,
}
