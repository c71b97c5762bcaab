import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.pipeline.report.page import render_report
from tests.pipeline.report.example import (
    CONFIG,
    LABELS,
    SCORES,
    contents_of,
    evaluation_of,
    plan_of,
)
from tests.pipeline.report.hostile import HOSTILE, hostile_contents
from tests.pipeline.report.page_reader import Element, Page

# Each draws all plots.
pytestmark = pytest.mark.slow

WRITTEN_BY_THE_PAGE = re.compile(r"[a-z-]+|viewBox")


def assert_nothing_can_run(page: Page) -> None:
    """The page has no elements and attributes but those that its template and matplotlib write."""
    assert not page.open
    assert {element.tag for element in page.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "div", "details"),
        *("summary", "h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "bdi", "code", "strong", "small"),
        *("span", "figure", "figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("svg", "g", "defs", "path", "use", "text", "clippath", "rect", "nav", "a"),
    }
    for element in page.elements:
        for name, value in element.attributes.items():
            assert WRITTEN_BY_THE_PAGE.fullmatch(name)
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "action"}
            assert name != "href" or re.fullmatch(r"#[a-z0-9-]+", value) or is_file(element), value
            assert "url(" not in value or re.fullmatch(r"url\(#[a-z0-9-]+\)", value), value
    assert len(page.all("style")) == len(page.all("title")) == 1


def is_file(element: Element) -> bool:
    """Whether a link saves a table or a plot, which the link itself holds."""
    held = re.fullmatch(
        r"data:(text/csv;charset=utf-8|image/svg\+xml);base64,[A-Za-z0-9+/=]+", element.attributes["href"]
    )
    return bool(held and re.fullmatch(r"[a-z0-9-]+\.(csv|svg)", element.attributes["download"]))


def test_every_table_and_every_plot_can_be_saved(page: Page) -> None:
    files = [link.attributes["download"] for link in page.all("a") if "download" in link.attributes]
    assert len(files) == len(set(files)) == len(page.all("table")) + len(page.plots())
    assert {"metrics.csv", "confusion-matrix.csv", "confusion-matrix-2.csv"} <= set(files)


def test_the_contents_lead_to_each_section(page: Page) -> None:
    places = {
        link.attributes["href"]: link.text for link in page.all("a") if "download" not in link.attributes
    }
    headings = [heading for heading in page.all("h2") if "id" in heading.attributes]
    assert len(headings) > 10
    assert places == {f"#{heading.attributes['id']}": heading.text for heading in headings}


def test_the_policy_allows_no_script_and_nothing_from_elsewhere(page: Page) -> None:
    policies = [meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert_nothing_can_run(page)
    styles = page.all("style")[0].text
    assert "url(" not in styles
    assert "@import" not in styles


def test_the_same_contents_give_the_same_page() -> None:
    assert render_report(contents_of()) == render_report(contents_of())


def test_every_plot_says_in_words_what_it_shows(page: Page) -> None:
    evaluation = evaluation_of()
    spoken = [plot.attributes["aria-label"] for plot in page.plots()]
    assert [plot.attributes["role"] for plot in page.plots()] == ["img"] * len(spoken)
    for words in (
        f"ROC curve, area {evaluation.roc_auc:.3f}",
        f"average precision {evaluation.average_precision:.3f}",
        "Calibration curve of 10 groups",
        "Cumulative gain: calling the 20\xa0% of customers",
        "Precision, recall and F1 by threshold",
        "Profit by threshold",
        "Mean |SHAP| in log-odds of the 3 columns where it is highest, as bars. First is pdays with 0.207",
        "Mean gain of the splits of the 3 columns where it is highest, as bars. First is euribor3m with 2",
        "logloss by training round: train 0.48 at first and 0.35 after round 3, validation 0.5 at first",
    ):
        assert sum(words in text for text in spoken) == 1, words


def test_ids_are_given_once_and_references_lead_somewhere(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for name, value in element.attributes.items():
            if name == "aria-labelledby" or (name == "href" and value.startswith("#")):
                assert value.removeprefix("#") in ids
            for reference in re.findall(r"url\(#([^)]+)\)", value):
                assert reference in ids


def test_the_page_is_built_for_everybody(page: Page) -> None:
    assert page.all("html")[0].attributes["lang"] == "en"
    levels = [int(heading.tag[1]) for heading in page.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all("scope" in head.attributes for head in page.all("th"))
    for element in page.all("div"):
        if element.attributes.get("class") == "scroll":
            assert element.attributes["tabindex"] == "0"
            assert element.attributes["role"] == "region"


def test_secrets_of_the_data_url_are_not_told() -> None:
    params = CONFIG.params.model_copy(update={"data_url": "https://host/x.csv?signature=s3cret"})
    html = render_report(contents_of(plan=plan_of(params)))
    assert "hunter2" not in html
    assert "s3cret" not in html
    assert "https://data.example.com/bank_clean.csv" in html


@pytest.mark.parametrize(
    ("labels", "scores"),
    [
        pytest.param(LABELS, np.full(200, 0.01), id="predicts no row positive, all scores equal"),
        pytest.param(LABELS, np.ones(200), id="predicts every row positive"),
        pytest.param(LABELS, LABELS.astype(float), id="is always right"),
        pytest.param(LABELS, 1.0 - LABELS, id="is always wrong"),
        pytest.param(np.array([0, 0, 0, 0, 1, 1]), np.array([0.1, 0.4, 0.5, 0.2, 0.5, 0.3]), id="6 rows"),
        pytest.param(np.array([0, 1]), np.array([0.5, 0.5]), id="2 rows"),
        pytest.param(1 - LABELS, SCORES, id="most rows are positive"),
    ],
)
def test_it_is_whole_for_any_model(labels: np.ndarray, scores: np.ndarray) -> None:
    with np.errstate(divide="ignore"):
        page = Page.read(render_report(contents_of(labels, scores)))
    assert_nothing_can_run(page)
    # One more where the calibration has a closer look.
    assert len(page.plots()) in {10, 11}
    assert not re.search(r"\bnan\b", page.text)
    assert not any("nan" in element.attributes.get("d", "") for element in page.all("path"))


def test_amounts_beyond_any_bank_do_not_break_it() -> None:
    params = CONFIG.params.model_copy(update={"deposit_value": 1e300, "call_cost": 1e299})
    thresholds = tuple(
        row.model_copy(update={"profit": row.confusion_matrix.tp * 1e300})
        for row in evaluation_of().thresholds
    )
    evaluation = evaluation_of(thresholds=thresholds)
    page = Page.read(render_report(contents_of(evaluation=evaluation, plan=plan_of(params))))
    assert "1e+300" in page.text


def test_hostile_strings_are_text() -> None:
    page = Page.read(render_report(hostile_contents(HOSTILE)))
    assert_nothing_can_run(page)
    assert "<script>window.ran = 1</script>" in page.text
    assert r"$\frac{}$ _x_^ \alpha$" in [element.text for element in page.all("text")]
    assert "{{ 7 * 7 }}{% raw %}" in page.text
    assert not re.search("[\0\x07\x1b\u202e\u2066\ud800]", page.text)


def test_no_string_is_markup_wherever_it_stands() -> None:
    scripts = tuple(f"<script>window.ran = {number}</script>" for number in range(3))
    assert_nothing_can_run(Page.read(render_report(hostile_contents(scripts))))


@given(st.lists(st.text(st.characters(exclude_categories=[])), min_size=3, max_size=20, unique=True))
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_the_page(strings: list[str]) -> None:
    html = render_report(hostile_contents(tuple(strings)))
    assert_nothing_can_run(Page.read(html.encode().decode()))
