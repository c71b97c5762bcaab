"""A source's URL that names the period whose data it holds, such as `bank_{interval_start:%Y-%m-%d}.csv`."""

import re
from datetime import UTC

from include.pipeline.errors import ParamError
from include.pipeline.source.url import check_spelling, without_secrets
from include.pipeline.values.data_interval import DataInterval

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAMES = ("interval_start", "interval_end")
_KNOWN = " and ".join(f"{{{name}:%Y-%m-%d}}" for name in _NAMES)
# Those that give digits only, whatever the worker's locale.
_DIRECTIVES = "YmdHMjGVy"
_LITERALS = "[A-Za-z0-9._-]*"
_FORMAT = re.compile(rf"(?:{_LITERALS}%[{_DIRECTIVES}])+{_LITERALS}")
# How much of a faulty placeholder a message quotes.
_SHOWN = 80


def is_dated(url: str) -> bool:
    """Tell whether a URL holds placeholders of the run's data interval.

    Args:
        url: As `data_url` gives it.

    Raises:
        ParamError: It holds braces that are not such a placeholder.
        SourceError: It holds a user or password, or is no URL.
    """
    check_spelling(url)
    for placeholder in _PLACEHOLDER.finditer(url):
        _check_placeholder(url, placeholder)
    if re.search("[{}]", _PLACEHOLDER.sub("", url)):
        found = (
            f"data_url = {without_secrets(url)!r} has a brace without its other half, or one inside another"
        )
        raise ParamError(found, f"braces are those of {_KNOWN}", "Correct data_url")
    return _PLACEHOLDER.search(url) is not None


def resolve_data_url(url: str, interval: DataInterval | None) -> str:
    """Write the run's data interval into a dated URL; any other stays as it is.

    Dates and times are written in UTC, as in Airflow's `ds`.

    Args:
        url: As `data_url` gives it, with `{interval_start:<format>}` and `{interval_end:<format>}`, each any
            number of times. A format is made of the directives %Y %m %d %H %M %j %G %V %y of
            `datetime.strftime` and of A-Z a-z 0-9 . _ -
        interval: None for a run that has none: triggered by hand without logical date, or by an asset.

    Raises:
        ParamError: A placeholder is not of that form, or there is one and the run has no interval.
        SourceError: The URL holds a user or password, or is none.
    """
    if not is_dated(url):
        return url
    if interval is None:
        raise ParamError(
            f"data_url = {without_secrets(url)!r} is dated, and this run has no data interval",
            "a run triggered by hand without logical date, or by an asset, is for no period",
            "Trigger the run with a logical date, or write the date into data_url",
        )
    moments = {"interval_start": interval.start, "interval_end": interval.end}

    def written(placeholder: re.Match[str]) -> str:
        name, _, layout = placeholder[1].partition(":")
        return moments[name].astimezone(UTC).strftime(layout)

    return _PLACEHOLDER.sub(written, url)


def _check_placeholder(url: str, placeholder: re.Match[str]) -> None:
    name, _, layout = placeholder[1].partition(":")
    shown = without_secrets(url)
    # What stands in the query may be a signature.
    quoted = repr(placeholder[0][:_SHOWN]) if placeholder.end() <= len(shown) else "that is none in its query"
    found = f"data_url = {shown!r} has a placeholder {quoted}"
    if name not in _NAMES:
        raise ParamError(found, f"placeholders are {_KNOWN}", "Use one of them")
    if not _FORMAT.fullmatch(layout) or ".." in layout:
        directives = " ".join(f"%{letter}" for letter in _DIRECTIVES)
        rule = f"its format is made of {directives}, at least one, and of A-Z a-z 0-9 . _ - without '..'"
        raise ParamError(found, rule, f"Write it such as {{{name}:%Y-%m-%d}}")
