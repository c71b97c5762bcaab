"""URLs that hold the run's period: what is written into them, and what is refused."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.errors import ParamError, SourceError
from include.pipeline.source.dated_url import is_dated, resolve_data_url
from include.pipeline.values.data_interval import DataInterval

DAY = DataInterval(datetime(2026, 1, 5, 6, 30, tzinfo=UTC), datetime(2026, 1, 12, 6, 30, tzinfo=UTC))
QUERY = "https://data.example.org/bank.csv?day="
FOLDER = "https://data.example.org/bank"

intervals = st.builds(
    DataInterval,
    *[st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))] * 2,  # noqa: DTZ001
)
# Each directive worked out without strftime.
DIRECTIVES = {
    "%Y": lambda at: str(at.year),
    "%y": lambda at: str(at.year)[-2:],
    "%m": lambda at: str(at.month).zfill(2),
    "%d": lambda at: str(at.day).zfill(2),
    "%H": lambda at: str(at.hour).zfill(2),
    "%M": lambda at: str(at.minute).zfill(2),
    "%j": lambda at: str((at.date() - at.date().replace(month=1, day=1)).days + 1).zfill(3),
    "%G": lambda at: str(at.isocalendar().year),
    "%V": lambda at: str(at.isocalendar().week).zfill(2),
}
plain_text = st.text(
    st.characters(codec="utf-8", exclude_characters="{}@\\", exclude_categories="CZ"), max_size=20
)
literals = st.from_regex(r"[A-Za-z0-9_-]{0,3}", fullmatch=True)


def refusal(url: str, interval: DataInterval | None = DAY) -> str:
    with pytest.raises(ParamError) as refused:
        resolve_data_url(url, interval)
    return str(refused.value)


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("/{interval_start:%Y-%m-%d}.csv", "/2026-01-05.csv"),
        ("/{interval_end:%Y-%m-%d}.csv", "/2026-01-12.csv"),
        ("/{interval_start:%Y}/{interval_start:%m}/{interval_end:%d}.csv", "/2026/01/12.csv"),
        ("/{interval_start:%G-W%V}_{interval_start:%j}.csv", "/2026-W02_005.csv"),
        (
            "/{interval_start:%Y%m%dT%H%M}Z.csv?day={interval_end:%y.%m.%d}",
            "/20260105T0630Z.csv?day=26.01.12",
        ),
        ("/100%25/{interval_start:%Y}.csv", "/100%25/2026.csv"),
    ],
)
def test_the_interval_is_written_where_the_url_says(url: str, resolved: str) -> None:
    assert is_dated(FOLDER + url)
    assert resolve_data_url(FOLDER + url, DAY) == FOLDER + resolved


def test_paths_and_objects_may_be_dated_too() -> None:
    assert resolve_data_url("s3://bucket/{interval_start:%Y}/a.csv", DAY) == "s3://bucket/2026/a.csv"
    assert resolve_data_url("bank_{interval_start:%d}.csv", DAY) == "bank_05.csv"


def test_dates_are_those_of_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    midnight = datetime(2026, 1, 6, tzinfo=berlin)
    interval = DataInterval(midnight, midnight + timedelta(days=1))
    assert resolve_data_url("{interval_start:%Y-%m-%dT%H}", interval) == "2026-01-05T23"


def test_a_moment_without_time_zone_is_refused() -> None:
    naive = datetime(2026, 1, 5)  # noqa: DTZ001
    for moments in ((naive, DAY.end), (DAY.start, naive)):
        with pytest.raises(ValueError, match="has no time zone"):
            DataInterval(*moments)


@given(plain_text, st.none() | intervals)
def test_a_url_without_placeholders_stays_what_it_is(url: str, interval: DataInterval | None) -> None:
    assert not is_dated(QUERY + url)
    assert resolve_data_url(QUERY + url, interval) == QUERY + url


@pytest.mark.long
@given(
    st.lists(
        st.tuples(plain_text, st.sampled_from(["start", "end"]), literals, st.sampled_from([*DIRECTIVES])),
        min_size=1,
    ),
    intervals,
)
def test_each_placeholder_is_worked_out_by_itself(
    parts: list[tuple[str, str, str, str]], interval: DataInterval
) -> None:
    url = QUERY + "".join(f"{text}{{interval_{end}:{literal}{one}}}" for text, end, literal, one in parts)
    expected = QUERY + "".join(
        f"{text}{literal}{DIRECTIVES[one](getattr(interval, end))}" for text, end, literal, one in parts
    )
    assert resolve_data_url(url, interval) == expected


@pytest.mark.parametrize(
    "placeholder",
    [
        "{}",
        "{0}",
        "{ds}",
        "{interval:%Y}",
        "{ interval_start:%Y}",
        "{interval_start :%Y}",
        "{Interval_start:%Y}",
        "{interval_start.year}",
        "{interval_start.__class__.__init__.__globals__}",
        "{interval_start[0]}",
        "{interval_start!r}",
        "{interval_start!r:%Y}",
    ],
)
def test_only_the_intervals_two_ends_are_known(placeholder: str) -> None:
    message = refusal(f"{FOLDER}/{placeholder}.csv")
    assert f"has a placeholder {placeholder!r}" in message
    assert "placeholders are {interval_start:%Y-%m-%d} and {interval_end:%Y-%m-%d}" in message


@pytest.mark.parametrize(
    "layout",
    [
        None,
        "",
        "day",
        "%",
        "%%",
        "%Y%",
        "%-d",
        "%B",
        "%a",
        "%p",
        "%c",
        "%x",
        "%Z",
        "%z",
        "%s",
        "%E",
        "%Ey",
        "%Y/%m",
        "%Y..%m",
        "..%Y",
        "%Y %m",
        "%Y:%m",
        "%Yä",
        "%Y٣",
    ],
)
def test_a_format_is_of_digits_and_plain_text(layout: str | None) -> None:
    placeholder = "{interval_end}" if layout is None else f"{{interval_end:{layout}}}"
    message = refusal(f"{FOLDER}/{placeholder}.csv")
    assert f"has a placeholder {placeholder!r}" in message
    assert "its format is made of %Y %m %d %H %M %j %G %V %y, at least one," in message
    assert message.endswith("Write it such as {interval_end:%Y-%m-%d}")


@pytest.mark.parametrize(
    "url",
    [
        "{",
        "}",
        "a}{b",
        "{interval_start:%Y",
        "interval_start:%Y}",
        "{{interval_start:%Y}}",
        "{interval_start:%Y}}",
        "{interval_start:%Y}{",
        "{interval_start:{interval_end:%Y}}",
    ],
)
def test_braces_come_in_pairs_and_not_in_each_other(url: str) -> None:
    assert "a brace without its other half, or one inside another" in refusal(f"{FOLDER}/{url}")
    with pytest.raises(ParamError):
        is_dated(f"{FOLDER}/{url}")


@pytest.mark.parametrize("layout", ["%Y?", "%Y#"])
def test_a_placeholder_of_the_query_is_not_quoted(layout: str) -> None:
    message = refusal(f"{FOLDER}/{{interval_end:{layout}}}.csv")
    assert f"'{FOLDER}/{{interval_end:%Y' has a placeholder that is none in its query" in message


@pytest.mark.parametrize(
    "url", ["{interval_start\n:%Y}.csv", "{interval_start:%Y\0}.csv", "{interval_start: %Y"]
)
def test_what_is_no_url_is_refused_first(url: str) -> None:
    with pytest.raises(SourceError):
        resolve_data_url(url, DAY)


def test_a_run_without_interval_cannot_use_a_dated_url() -> None:
    assert refusal("s3://bucket/{interval_start:%Y}.csv", None) == (
        "Found: data_url = 's3://bucket/{interval_start:%Y}.csv' is dated, and this run has no data "
        "interval\n"
        "Expected: a run triggered by hand without logical date, or by an asset, is for no period\n"
        "To do: Trigger the run with a logical date, or write the date into data_url"
    )


def test_what_is_wrong_with_the_url_is_told_before_that_there_is_no_interval() -> None:
    assert "has a placeholder '{ds}'" in refusal("bank_{ds}.csv", None)


def test_messages_keep_credentials_to_themselves_and_are_short() -> None:
    message = refusal("https://data.example.org/{" + "a" * 500 + "}.csv?sig=SECRET", None)
    assert "SECRET" not in message
    assert "{" + "a" * 79 + "'" in message


PIECES = [*"{}:%Ym.!r[]/ä", "..", "{interval_start:", "{interval_end:%d", "interval_start", "%Y-%m-%d}"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), intervals)
def test_any_text_is_refused_or_changes_where_its_placeholders_are_only(
    url: str, interval: DataInterval
) -> None:
    try:
        resolved = resolve_data_url(url, interval)
    except (ParamError, SourceError):
        return
    around = re.split(r"\{[^{}]*\}", url)
    assert re.fullmatch("[A-Za-z0-9._-]+".join(map(re.escape, around)), resolved)
