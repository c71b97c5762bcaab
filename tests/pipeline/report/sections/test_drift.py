"""The report's section on how far the data has drifted."""

import pytest

from include.pipeline.documents.drift import Drift, DriftLimits
from include.pipeline.report.page import render_report
from include.pipeline.report.sections.drift import gather
from tests.pipeline.report.example import column_of, contents_of, drift_of, evaluation_of, plan_of
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow

LIMITS = DriftLimits(psi_warn=0.1, psi_fail=0.5)
DRIFT = drift_of(
    column_of("age", 0.3),
    column_of("pdays", 0.1, kind="indicator"),
    column_of("euribor3m", 0.0999, kind="float", previous_kind="float"),
)


def page_of(drift: Drift | None, limits: DriftLimits | None = LIMITS) -> Page:
    plan = plan_of().model_copy(update={"drift": limits})
    return Page.read(render_report(contents_of(plan=plan, evaluation=evaluation_of(drift=drift))))


def drift_plots(page: Page) -> list[str]:
    spoken = [plot.attributes["aria-label"] for plot in page.plots()]
    return [words for words in spoken if words.startswith("Population stability index")]


@pytest.fixture(scope="module")
def drifted() -> Page:
    return page_of(DRIFT)


def test_it_stands_between_the_training_curve_and_the_facts(drifted: Page) -> None:
    titles = [heading.text for heading in drifted.all("h2")]
    assert titles.index("Training") < titles.index("Drift") < titles.index("The run")


def test_both_versions_are_told(drifted: Page) -> None:
    assert drifted.table("The two versions of the data. Label: y_yes")[1:] == [
        ["This run", "41,188", "11.27 %", "0.0012"],
        ["Last accepted model", "40,000", "10.16 %", "\u2013"],
    ]


def test_columns_are_listed_with_their_kind_where_it_changed(drifted: Page) -> None:
    assert drifted.table("3 of 3 columns where the PSI is highest")[1:] == [
        ["age", "0.3000"],
        ["pdays indicator, was integer", "0.1000"],
        ["euribor3m", "0.0999"],
    ]


def test_columns_that_are_warned_of_are_marked(drifted: Page) -> None:
    marked = [row.text for row in drifted.all("tr") if row.attributes.get("class") == "marked"]
    assert [
        name for name in ("age", "pdays", "euribor3m") if any(row.startswith(name) for row in marked)
    ] == [
        "age",
        "pdays",
    ]


def test_the_warnings_are_a_list(drifted: Page) -> None:
    assert [item.text for item in drifted.all("li")] == [
        "column 'age' has a PSI of 0.3000: it is not below psi_warn = 0.1",
        "column 'pdays' has a PSI of 0.1000: it is not below psi_warn = 0.1",
        "column 'pdays' is 0 or 1: it was a whole number",
    ]


def test_the_plot_says_what_it_shows_and_marks_the_limits(drifted: Page) -> None:
    (spoken,) = drift_plots(drifted)
    assert "the 3 of 3 columns where it is highest, as bars. First is age with 0.3000." in spoken
    assert spoken.endswith("Warns from 0.1 on. Fails from 0.5 on.")
    texts = [text.text for text in drifted.all("text")]
    assert {"Warns from 0.1", "Fails from 0.5"} <= set(texts)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (DriftLimits(psi_warn=0.2), "This pipeline warns from 0.2 on, and fails no run for a PSI."),
        (LIMITS, "This pipeline warns from 0.1 on, and fails the run from 0.5 on."),
        (None, "This pipeline sets no limits."),
    ],
)
def test_what_the_limits_mean_is_said(limits: DriftLimits | None, said: str) -> None:
    assert said in page_of(DRIFT, limits).text


def test_data_that_is_alike_is_warned_of_in_no_word() -> None:
    page = page_of(drift_of(column_of("age", 0.001)))
    assert page.all("li") == []
    assert "Nothing to warn of." in page.text


def test_without_limits_nothing_is_judged() -> None:
    page = page_of(DRIFT, None)
    assert page.all("li") == []
    assert "Nothing to warn of." not in page.text
    (spoken,) = drift_plots(page)
    assert spoken.endswith("with 0.3000.")


def test_a_limit_that_came_after_the_model_is_told() -> None:
    """A run that uses a model again takes over the drift that was found then, under other limits."""
    page = page_of(DRIFT, DriftLimits(psi_warn=0.1, psi_fail=0.2))
    assert "limits forbid:" in page.text
    assert page.all("li")[0].text == "column 'age' has a PSI of 0.3000: a PSI has to be below psi_fail = 0.2"


@pytest.mark.parametrize(
    ("limits", "why"),
    [(LIMITS, "Nothing to compare with: no model was accepted before"), (None, "YAML has no drift")],
)
def test_without_a_comparison_it_says_why(limits: DriftLimits | None, why: str) -> None:
    page = page_of(None, limits)
    assert why in page.text
    assert drift_plots(page) == []


def test_of_many_columns_and_warnings_the_first_are_shown() -> None:
    many = drift_of(*(column_of(f"column {row}", 1 - row / 1000) for row in range(400)))
    page = page_of(many, DriftLimits())
    rows = page.table("The 15 of 400 columns")[1:]
    assert [row[0] for row in rows] == [f"column {row}" for row in range(15)]
    listed = [item.text for item in page.all("li")]
    assert len(listed) == 11
    assert listed[-1].startswith("and 390 more")


def test_versions_without_a_common_column_have_no_plot() -> None:
    comparison = gather(contents_of(evaluation=evaluation_of(drift=drift_of()))).comparison
    assert comparison
    assert comparison.plot is None
    assert drift_plots(page_of(drift_of())) == []
