"""What the links below tables and plots hold."""

import base64
import csv
import io
from xml.etree import ElementTree as ET

import pytest

from include.pipeline.report.downloads import with_downloads
from tests.pipeline.report.page_reader import Element, Page


def table(*cells: str, heading: str = "Metrics at the threshold") -> str:
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    return (
        f'<h2>{heading}</h2><div class="scroll"><table><caption>On 200 rows</caption>'
        f"<thead><tr><th>Figure</th></tr></thead><tbody><tr>{row}</tr></tbody></table></div>"
    )


def links(html: str) -> list[Element]:
    return Page.read(f"<body>{with_downloads(html)}</body>").all("a")


def saved(link: Element) -> str:
    return base64.b64decode(link.attributes["href"].partition(";base64,")[2]).decode()


def cells(html: str) -> list[list[str]]:
    (link,) = links(html)
    return list(csv.reader(io.StringIO(saved(link))))


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("0.8960", "0.8960"),
        ("12,357", "12357"),
        ("\u22120.0061", "-0.0061"),
        ("90\xa0% (10,789)", "90 % (10,789)"),
        ("euribor3m <small>was <bdi>text</bdi></small>", "euribor3m was text"),
        ("0.7768<br>0.7627 to 0.7901", "0.7768 0.7627 to 0.7901"),
        ("a &lt; b, &quot;c&quot;", 'a < b, "c"'),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-- left", "'-- left"),
    ],
)
def test_a_cell_is_written_as_programs_read_it_and_never_as_a_formula(shown: str, written: str) -> None:
    assert cells(table(shown)) == [["Figure"], [written]]


def test_a_file_is_called_after_its_table_and_no_two_alike() -> None:
    named = [
        link.attributes["download"] for link in links(table("1") + table("2") + table("3", heading="É/..\\x"))
    ]
    assert named == ["metrics-at-the-threshold.csv", "metrics-at-the-threshold-2.csv", "e-x.csv"]


def test_a_plot_is_a_file_of_its_own_with_its_colours() -> None:
    html = (
        '<figure><h3>ROC curve</h3><svg viewBox="0 0 360 280.8" role="img" aria-label="x">'
        '<text style="fill: var(--ink)">$_{a}$ &lt;b&gt;</text></svg></figure>'
    )
    (link,) = links(html)
    assert link.attributes["download"] == "roc-curve.svg"
    assert link.attributes["aria-label"] == "Save the plot “ROC curve” as SVG"
    root = ET.fromstring(saved(link))  # noqa: S314 - made here
    assert (root.tag, root.attrib["width"]) == ("{http://www.w3.org/2000/svg}svg", "360pt")
    style, text = root
    assert "--ink:#1b2129" in (style.text or "")
    assert text.text == "$_{a}$ <b>"


def test_the_page_itself_is_not_changed() -> None:
    html = f"<p>é before</p>\n{table('1')}\n<p>after</p>"
    before, link, after = with_downloads(html).partition('<p class="save">')
    assert link
    assert before + after.partition("</p>")[2] == html
    assert with_downloads("<p>nothing</p>") == "<p>nothing</p>"
