import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from plugins.model_report.plots.trend import TrendPoint, trend_svg, trend_text
from tests.plugins.model_report.evaluations import evaluation_of

FIRST = datetime(2026, 11, 2, tzinfo=UTC)


def points_of(
    *values: float, failed: int | None = None, apart: timedelta = timedelta(days=7)
) -> tuple[TrendPoint, ...]:
    return tuple(
        TrendPoint(FIRST + i * apart, evaluation_of(roc_auc=value), passed=i != failed)
        for i, value in enumerate(values)
    )


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


@pytest.fixture(scope="module")
def svg() -> str:
    return trend_svg("bank_marketing", points_of(0.76, 0.77, 0.78))


def test_the_plot_is_an_svg_element_without_anything_that_executes_or_loads(svg: str) -> None:
    root = parsed(svg)
    assert root.tag == "svg"
    assert {element.tag for element in root.iter()}.isdisjoint({"script", "image"})
    links = [value for element in root.iter() for name, value in element.items() if name.endswith("href")]
    assert all(link.startswith("#") for link in links)


def test_its_text_is_text(svg: str) -> None:
    words = "".join(parsed(svg).itertext())
    for word in ("ROC AUC", "Average precision", "F1", "2026-11-02", "2026-11-16"):
        assert word in words


def test_all_its_colours_are_the_pages(svg: str) -> None:
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) == set()
    for colour in ("--ink", "--grid", "--first", "--second", "--third"):
        assert f"var({colour})" in svg


def test_a_run_that_failed_the_gate_is_hollow(svg: str) -> None:
    assert "fill: var(--surface)" not in svg
    assert (
        trend_svg("bank_marketing", points_of(0.76, 0.77, 0.78, failed=1)).count("fill: var(--surface)") == 3
    )


def test_two_plots_of_a_page_share_no_id_but_equal_definitions(svg: str) -> None:
    defined = re.findall(r'<(\w+) id="([^"]+)"', svg)
    assert defined
    assert "g" not in {tag for tag, _ in defined}


def test_many_runs_have_few_dates() -> None:
    dates = re.findall(
        r"\d{4}-\d\d-\d\d", "".join(parsed(trend_svg("bank_marketing", points_of(*[0.77] * 25))).itertext())
    )
    assert 2 <= len(dates) <= 6
    assert "2027-04-19" in dates  # the newest


def test_runs_of_the_same_times_with_other_figures_are_drawn_anew(svg: str) -> None:
    assert trend_svg("bank_marketing", points_of(0.76, 0.77, 0.78)) is svg
    for other in (points_of(0.76, 0.77, 0.79), points_of(0.76, 0.77, 0.78, failed=1)):
        assert trend_svg("bank_marketing", other) != svg


def test_the_text_alternative_says_what_the_plot_shows() -> None:
    text = trend_text(points_of(0.76, 0.79, 0.78))
    assert "ROC AUC from 0.760 to 0.790, last 0.780" in text
    assert "over 3 runs from 2026-11-02" in text


def test_runs_of_one_day_are_told_apart_by_their_times() -> None:
    points = points_of(0.76, 0.77, 0.78, apart=timedelta(minutes=95))
    texts = [element.text for element in parsed(trend_svg("bank_marketing", points)).iter("text")]
    assert [text for text in texts if re.fullmatch(r"\d\d:\d\d", text or "")] == ["03:10", "01:35", "00:00"]
    assert [text for text in texts if "2026" in (text or "")] == ["2026-11-02, UTC"]
    assert "over 3 runs of 2026-11-02, from 00:00 to 03:10 UTC" in trend_text(points)


def test_runs_around_midnight_are_of_two_days() -> None:
    """Of two days in UTC, whatever the time zone they come in."""
    east = timezone(timedelta(hours=2))
    points = tuple(
        replace(point, when=point.when.astimezone(east) - timedelta(hours=1))
        for point in points_of(0.76, 0.77, apart=timedelta(hours=2))
    )
    words = "".join(parsed(trend_svg("bank_marketing", points)).itertext())
    assert "2026-11-01" in words
    assert "2026-11-02" in words
    assert "over 2 runs from 2026-11-01" in trend_text(points)
