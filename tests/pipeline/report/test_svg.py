import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from include.pipeline.report import formats
from include.pipeline.report.svg import FIRST, inline_svg
from tests.pipeline.report.page_reader import Page


def line() -> Figure:
    figure = Figure(figsize=(5, 4))
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=FIRST, marker="o", label="name")
    axes.set_xlabel("$x_1$")
    axes.legend()
    return figure


def test_its_text_is_text_and_no_formula() -> None:
    svg = Page.read(inline_svg(line, name="plot", alternative="A line"))
    assert "$x_1$" in [element.text for element in svg.all("text")]


def test_it_takes_font_and_colours_from_the_page() -> None:
    svg = inline_svg(line, name="plot", alternative="A line")
    assert "stroke: var(--first)" in svg
    assert not re.search(r"#[0-9a-f]{6}", svg)
    assert "font-family" not in svg
    assert "<style" not in svg
    assert "<metadata" not in svg


def test_two_plots_share_no_id() -> None:
    first, second = (
        {element.attributes["id"] for element in Page.read(svg).elements if "id" in element.attributes}
        for svg in (inline_svg(line, name=name, alternative="A line") for name in ("one", "two"))
    )
    assert first
    assert first.isdisjoint(second)


@pytest.mark.slow
@given(st.text())
@settings(max_examples=25)
def test_any_text_can_stand_in_a_plot_and_beside_it(text: str) -> None:
    harmless = str(formats.printable(text))
    svg = Page.read(inline_svg(line, name="plot", alternative=harmless, texts={"name": harmless}))
    assert svg.elements[0].attributes["aria-label"] == harmless
    assert harmless in [element.text for element in svg.all("text")]
    assert {element.tag for element in svg.elements} <= {
        *("svg", "g", "defs", "path", "use", "text", "clippath", "rect")
    }
