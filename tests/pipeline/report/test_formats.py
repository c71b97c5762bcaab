from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from include.pipeline.report import formats


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_shown_can_be_read_and_written(text: str) -> None:
    written = formats.printable(text)
    assert isinstance(written, str)
    written.encode()
    assert all(letter.isprintable() or letter == "\xa0" for letter in written)
    assert len(written) <= 400
    assert formats.printable(written) == written


def test_what_has_a_glyph_stays() -> None:
    assert formats.printable("Größe 列 Ω 👩 <b>") == "Größe 列 Ω 👩 <b>"
    assert formats.printable("a\u202eb\0c") == "a\ufffdb\ufffdc"


def test_what_is_no_plain_text_stays() -> None:
    assert formats.printable(Markup("<svg>\n</svg>")) == "<svg>\n</svg>"
    assert formats.printable(5) == 5


def test_the_middle_of_long_text_is_left_out() -> None:
    assert formats.shortened("abcdefghij", 10) == "abcdefghij"
    assert formats.shortened("abcdefghijk", 10) == "abcde…hijk"
    assert formats.shortened("abc", 1) == "…"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.count(12_357), "12,357"),
        (formats.count(-5), "\u22125"),
        (formats.decimal(0.896011), "0.8960"),
        (formats.difference(0.0021), "+0.0021"),
        (formats.difference(-0.05691), "\u22120.0569"),
        (formats.difference(-0.00004), "0.0000"),
        (formats.percent(0.896011, 1), "89.6\xa0%"),
        (formats.percent(1), "100\xa0%"),
        (formats.money(7_045.0), "7,045"),
        (formats.money(12.5), "12.50"),
        (formats.money(1_234.56), "1,235"),
        (formats.money(-300), "\u2212300"),
        (formats.money(-0.0), "0"),
        (formats.money(1e300), "1e+300"),
        (formats.money(float("inf")), "inf"),
        (formats.usd(0.004744), "0.0047\xa0USD"),
        (formats.usd(1.5), "1.50\xa0USD"),
        (formats.usd(0), "0.00\xa0USD"),
        (formats.duration(timedelta(seconds=72)), "1\xa0min 12\xa0s"),
        (formats.duration(timedelta(seconds=59.6)), "1\xa0min 0\xa0s"),
        (formats.duration(timedelta(hours=3, minutes=4, seconds=5)), "3\xa0h 4\xa0min"),
        (formats.duration(timedelta(days=2, hours=1)), "2\xa0d 1\xa0h"),
        (formats.duration(timedelta(0)), "0\xa0s"),
        (formats.moment(datetime(2026, 11, 23, 6, 0, 12, tzinfo=UTC)), "2026-11-23 06:00:12 UTC"),
        (
            formats.moment(datetime(2026, 11, 23, 1, tzinfo=timezone(timedelta(hours=2)))),
            "2026-11-22 23:00:00 UTC",
        ),
        (formats.size(5_005_137), "5.0\xa0MB (5,005,137 bytes)"),
        (formats.size(999), "999 bytes"),
    ],
)
def test_figures_are_written_as_people_read_them(written: str, expected: str) -> None:
    assert written == expected


@pytest.mark.parametrize(
    ("number", "shown", "told"),
    [
        (5.0, True, "5"),
        (1234.0, True, "1,234"),
        (2.4, True, "2.4"),
        (2.4, False, "under 10"),
        (0.0, False, "0"),
    ],
)
def test_rows_that_are_shared_out_have_a_tenth(number: float, shown: bool, told: str) -> None:
    assert formats.rows(number, shown) == told


@pytest.mark.parametrize(
    ("number", "told"), [(0.5, "0.5"), (0.11305, "0.11305"), (1.0, "1"), (2.0, "above every score")]
)
def test_a_threshold_is_told_in_words_where_no_score_reaches_it(number: float, told: str) -> None:
    assert formats.threshold(number) == told
