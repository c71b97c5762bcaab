"""The report's section on how far the data has drifted."""

import pytest

from include.pipeline.documents.drift import Drift, DriftLimits, Reference, ScoreDrift, ShareDrift
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


def told(page: Page) -> list[str]:
    """The sentences of the section, without those at the head of the page."""
    return [item.text for item in page.all("li") if "section" in item.inside]


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
        ["age", "0.3000", *["\u2013"] * 4],
        ["pdays indicator, was integer", "0.1000", *["\u2013"] * 4],
        ["euribor3m", "0.0999", *["\u2013"] * 4],
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
    assert told(drifted) == [
        "PSI at or above psi_warn = 0.1: 'age' (0.3000), 'pdays' (0.1000)",
        "a narrower kind of values: 'pdays' (0 or 1, was a whole number)",
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
    assert told(page) == []
    assert "Nothing to warn of: chance explains" in page.text


def test_without_limits_nothing_is_judged() -> None:
    page = page_of(DRIFT, None)
    assert told(page) == []
    assert "Nothing to warn of" not in page.text
    (spoken,) = drift_plots(page)
    assert spoken.endswith("with 0.3000.")


def test_a_limit_that_came_after_the_model_is_told() -> None:
    """A run that uses a model again takes over the drift that was found then, under other limits."""
    page = page_of(DRIFT, DriftLimits(psi_warn=0.1, psi_fail=0.2))
    assert "limits forbid:" in page.text
    assert told(page)[0] == "column 'age' has a PSI of 0.3000: a PSI has to be below psi_fail = 0.2"


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
    listed = told(page)
    assert len(listed) == 1
    assert listed[0].endswith(" and 395 more")


def test_versions_without_a_common_column_have_no_plot() -> None:
    comparison = gather(contents_of(evaluation=evaluation_of(drift=drift_of()))).comparison
    assert comparison
    assert comparison.plot is None
    assert drift_plots(page_of(drift_of())) == []


def test_a_psi_that_chance_explains_is_shown_and_not_marked() -> None:
    page = page_of(drift_of(column_of("age", 0.3, chance=0.2), column_of("pdays", 0.2, chance=1e-9)))
    assert [row[:3] for row in page.table("2 of 2 columns where the PSI is highest")[1:]] == [
        ["age", "0.3000", "20.00 %"],
        ["pdays", "0.2000", "under 0.01 %"],
    ]
    assert told(page) == ["PSI at or above psi_warn = 0.1: 'pdays' (0.2000)"]


def test_appended_rows_are_told_by_themselves() -> None:
    rows = drift_of(column_of("pdays", 0.9), rows=4118, label_rate=0.4593, label_psi=1.1)
    grown = drift_of(column_of("age", 0.01), appended=rows, label_rate=0.13)
    page = page_of(grown, DriftLimits())
    assert page.table("The two versions of the data.")[2] == [
        "This run, appended rows",
        "4,118",
        "45.93 %",
        "1.1000",
    ]
    assert page.table("1 of 1 columns where the PSI is highest, of the appended rows")[1][0] == "pdays"
    assert told(page)[0] == "appended rows: label rate of 'y_yes': 45.93 %, was 10.16 %"


def test_scores_and_equal_rows_are_told() -> None:
    page = page_of(
        drift_of(
            scores=ScoreDrift(psi=0.25, chance=1e-6),
            duplicates=ShareDrift(share=0.5, previous=0.04, chance=1e-9),
        )
    )
    assert "its scores have a PSI of 0.2500." in page.text
    assert "Rows that are equal to an earlier one: 50.00 %, in the previous version 4.00 %." in page.text
    assert len(told(page)) == 2


@pytest.mark.parametrize(
    ("is_same_source", "said"),
    [
        (
            True,
            "the last accepted model of this source: of the run manual__1, from https://example.com/a.csv. ",
        ),
        (False, "model: of the run manual__1, from https://example.com/a.csv. That is another source: no"),
    ],
)
def test_the_model_that_the_data_is_compared_with_is_named(is_same_source: bool, said: str) -> None:
    reference = Reference(run_id="manual__1", url="https://example.com/a.csv", is_same_source=is_same_source)
    assert said in page_of(drift_of(column_of("age"), reference=reference)).text
