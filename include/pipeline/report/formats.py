"""How the report writes text and figures."""

import math
from datetime import UTC, datetime, timedelta

from include.pipeline.figures.few_rows import FEWEST_ROWS, is_few

_LONGEST = 400
NO_BREAK = "\u00a0"
_MINUS = "\u2212"
_WHOLE_FROM = 1000  # money: a larger amount is written without hundredths
_LONGEST_AMOUNT = 1e15
_TINY, _LARGE = 1e-3, 10  # figures in any unit


def printable(value: object) -> object:
    """Make text from elsewhere safe to show; leave everything else as it is.

    A character that cannot be printed (control characters, marks that change the direction of writing, halves
    of a surrogate pair) becomes U+FFFD. Text of more than 400 characters gets an ellipsis in its middle.
    """
    if type(value) is not str:  # Markup, which the template made itself, is a str too
        return value
    text = "".join(letter if letter.isprintable() or letter == NO_BREAK else "\ufffd" for letter in value)
    return shortened(text, _LONGEST)


def capital(text: str) -> str:
    """Write the first letter as a capital, as a sentence begins."""
    return text[:1].upper() + text[1:]


def shortened(text: str, length: int) -> str:
    """Put an ellipsis in the middle of what is longer than `length` characters."""
    if len(text) <= length:
        return text
    tail = (length - 1) // 2
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def count(number: int) -> str:
    """Write 12357 as 12,357."""
    return f"{number:,}".replace("-", _MINUS)


def rows(number: float, few_shown: bool) -> str:
    """Count rows, shared-out ones with a tenth; where few may not be seen, write "under 10"."""
    if not few_shown and is_few(number):
        return f"under {FEWEST_ROWS}"
    return count(int(number)) if number == int(number) else f"{number:,.1f}"


def threshold(number: float) -> str:
    """Write 0.11305 as it is, and one that no score reaches in words."""
    return f"{number:g}" if number <= 1 else "above every score"


def decimal(number: float, digits: int = 4) -> str:
    """Write 0.896011 as 0.8960."""
    return f"{number:.{digits}f}".replace("-", _MINUS)


def figure(number: float) -> str:
    """Write 0.896011 as 0.8960, larger ones with commas and two decimals, huge and tiny ones shortly."""
    size = abs(number)
    if size and not _TINY <= size < _LONGEST_AMOUNT:
        return f"{number:.3g}".replace("-", _MINUS)
    return decimal(number) if size < _LARGE else f"{number:,.2f}".replace("-", _MINUS)


def difference(number: float, digits: int = 4) -> str:
    """Write 0.0021 as +0.0021, and what rounds to zero as 0.0000."""
    rounded = round(number, digits)
    return f"{rounded:+.{digits}f}".replace("-", _MINUS) if rounded else f"{0:.{digits}f}"


def percent(share: float, digits: int = 0) -> str:
    """Write 0.896 as 90 %."""
    return f"{decimal(share * 100, digits)}{NO_BREAK}%"


def money(amount: float) -> str:
    """Write 7045.0 as 7,045, and 12.5 as 12.50. The Params do not name a currency."""
    if not abs(amount) < _LONGEST_AMOUNT:
        text = f"{amount:.3g}"
    elif abs(amount) >= _WHOLE_FROM or amount == int(amount):
        text = f"{amount:,.0f}"
    else:
        text = f"{amount:,.2f}"
    return "0" if text in {"-0", "-0.00"} else text.replace("-", _MINUS)


def short_money(amount: float) -> str:
    """Write 250000.0 as 250 k and 3200000.0 as 3.2 M, and what is shorter as money."""
    for unit, scale in (("M", 1e6), ("k", 1e5)):
        if scale <= abs(amount) < _LONGEST_AMOUNT:
            digits = f"{amount / (1e6 if unit == 'M' else 1e3):,.6g}"
            return f"{digits}{NO_BREAK}{unit}".replace("-", _MINUS)
    return money(amount)


def usd(amount: float) -> str:
    """Write 0.00467 as 0.0047 USD: two significant digits of what is below a cent."""
    cents = amount >= 0.01 or amount == 0  # noqa: PLR2004
    return f"{amount:,.2f}{NO_BREAK}USD" if cents else f"{amount:.2g}{NO_BREAK}USD"


def about_usd(amount: float | None) -> str:
    """Write 0.0047 as about 0.0047 USD, and what nobody knows in words."""
    return "price not known" if amount is None else f"about {usd(amount)}"


def duration(length: timedelta) -> str:
    """Write 72 seconds as 1 min 12 s, and what is longer than a day in days and hours."""
    seconds = max(0, math.floor(length.total_seconds() + 0.5))
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((place for place, (number, _) in enumerate(parts) if number), 3)
    return " ".join(f"{number}{NO_BREAK}{unit}" for number, unit in parts[first : first + 2])


def moment(time: datetime) -> str:
    """Write a time as 2026-11-23 06:00:12 UTC."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def size(number: int) -> str:
    """Write 4851000 as 4.9 MB (4,851,000 bytes)."""
    exact = f"{count(number)} bytes"
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= scale:
            return f"{number / scale:.1f}{NO_BREAK}{unit} ({exact})"
    return exact


FILTERS = {
    written.__name__: written
    for written in (
        capital,
        count,
        rows,
        threshold,
        decimal,
        figure,
        difference,
        percent,
        money,
        usd,
        duration,
        moment,
        size,
    )
}
