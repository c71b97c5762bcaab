"""The verdict, and where an earlier run matters: its model is used again, or is what this one is held to."""

import pytest

from include.pipeline.documents.drift import Reference, ScoreDrift, ShareDrift
from include.pipeline.documents.metrics import PreviousModel
from include.pipeline.figures.interval import Interval
from include.pipeline.report.page import render_report
from tests.pipeline.made_up_figures import metrics
from tests.pipeline.report.example import CONFIG, column_of, contents_of, drift_of, evaluation_of, plan_of
from tests.pipeline.report.page_reader import Element, Page

# Each draws all plots.
pytestmark = pytest.mark.slow

EARLIER = "scheduled__2026-11-22T06:00:00+00:00"


def box(page: Page, css_class: str) -> Element | None:
    """The box of that class at the top, if there is one."""
    boxes = page.all("div")
    return next((each for each in boxes if css_class in each.attributes.get("class", "").split()), None)


def words(element: Element | None) -> str:
    assert element
    return " ".join(element.text.split())


def compared(roc_auc: float | None, *, drop: float | None = 0.01) -> Page:
    """The page of a model with a ROC AUC of 0.75 whose predecessor has this one."""
    plan = plan_of(CONFIG.params.model_copy(update={"max_roc_auc_drop": drop}))
    previous = PreviousModel(run_id=EARLIER, roc_auc=roc_auc)
    evaluation = evaluation_of(roc_auc=0.75, previous=previous)
    return Page.read(render_report(contents_of(plan=plan, evaluation=evaluation)))


@pytest.mark.parametrize(
    ("roc_auc", "change"), [(0.7561, "\u22120.0061"), (0.7279, "+0.0221"), (0.75, "0.0000")]
)
def test_the_last_accepted_model_stands_beside_the_gate(roc_auc: float, change: str) -> None:
    page = compared(roc_auc)
    verdict = words(box(page, "verdict"))
    assert f"of the run {EARLIER}, has a ROC AUC of {roc_auc:.4f} on the same test rows." in verdict
    assert verdict.endswith(f"The change is {change}; a drop of at most 0.01 passes.")
    assert f"the last accepted model has {roc_auc:.3f}" in words(page.all("dt")[0])


@pytest.mark.parametrize(
    ("ends", "drop", "told"),
    [
        ((-0.03, -0.02), 0.01, "a drop of at most 0.01 passes. So it has dropped by more."),
        ((-0.03, 0.01), 0.03, "a drop of at most 0.03 passes. So it has not dropped by more."),
        (
            (-0.03, 0.01),
            0.01,
            "a drop of at most 0.01 passes. So these rows cannot tell whether it has dropped by more.",
        ),
    ],
)
def test_a_drop_is_told_with_its_interval_on_the_rows_that_neither_model_has_seen(
    ends: tuple[float, float], drop: float, told: str
) -> None:
    before = PreviousModel(
        run_id=EARLIER,
        roc_auc=0.78,
        unseen_rows=4321,
        unseen_rarer=432,
        own_roc_auc=0.775,
        change=Interval(low=ends[0], high=ends[1]),
    )
    plan = plan_of(CONFIG.params.model_copy(update={"max_roc_auc_drop": drop}))
    page = Page.read(render_report(contents_of(plan=plan, evaluation=evaluation_of(previous=before))))
    low, high = (f"{end:+.4f}".replace("-", "\u2212") for end in ends)
    assert (
        f"of the run {EARLIER}, has a ROC AUC of 0.7800 on the 4,321 test rows that neither model was "
        "trained on, and this one 0.7750. The change is \u22120.0050, and by chance it may be anything from "
        f"{low} to {high} (95 % interval); {told}"
    ) in words(box(page, "verdict"))
    assert words(page.all("dt")[0]).startswith("ROC AUC; ")
    assert "0.7800 on the 4,321 test rows that neither was trained on" in page.text


def test_without_rows_that_are_new_to_both_models_it_says_so() -> None:
    before = PreviousModel(run_id=EARLIER, roc_auc=0.99, unseen_rows=0, unseen_rarer=0)
    params = CONFIG.params.model_copy(update={"max_roc_auc_drop": 0.01, "undecided_passes": False})
    page = Page.read(
        render_report(contents_of(plan=plan_of(params), evaluation=evaluation_of(previous=before)))
    )
    verdict = words(box(page, "verdict"))
    assert (
        f"since the last accepted model, of the run {EARLIER}, cannot be told: of the test rows, 0" in verdict
    )
    assert verdict.endswith("undecided_passes lets the model fail.")
    assert "0.99" not in verdict


def test_a_comparison_that_no_limit_is_set_for_is_told_all_the_same() -> None:
    verdict = words(box(compared(0.76, drop=None), "verdict"))
    assert verdict.endswith("The change is \u22120.0100.")


def test_a_last_accepted_model_that_could_not_be_asked_is_told() -> None:
    page = compared(None)
    assert f"of the run {EARLIER}, has no ROC AUC on these test rows" in words(box(page, "verdict"))
    assert words(page.all("dt")[0]).startswith("ROC AUC; ")


def test_nothing_is_told_of_an_earlier_run_where_there_is_none() -> None:
    page = Page.read(render_report(contents_of()))
    assert box(page, "reused") is None
    assert "last accepted model" not in words(box(page, "verdict"))
    assert words(page.all("dt")[0]).startswith("ROC AUC; ")


def test_a_model_that_is_used_again_is_told_before_all_figures() -> None:
    page = Page.read(render_report(contents_of(reused_from=EARLIER)))
    boxes = [each.attributes.get("class", "") for each in page.all("div")]
    assert boxes.index("reused") < boxes.index("verdict passed")
    told = words(box(page, "reused"))
    assert f"The run {EARLIER} trained the model, with the same data and the same configuration" in told
    assert "force_retrain trains a new model" in told


def test_a_run_that_uses_its_own_model_again_is_not_called_another_run() -> None:
    contents = contents_of(reused_from=contents_of().plan.identity.run_id)
    told = words(box(Page.read(render_report(contents)), "reused"))
    assert "This run trained the model when it ran before" in told
    assert "The run" not in told


def test_it_says_that_the_model_passed_and_why() -> None:
    good = evaluation_of(**dict(metrics()))
    verdict = box(Page.read(render_report(contents_of(evaluation=good))), "verdict")
    assert verdict
    assert "passed" in verdict.attributes["class"]
    every = "that of the share of positives as the score of every row"
    # Of 1,000 rows, 120 are positive. 40 of 60 calls reach one.
    assert words(verdict) == (
        "Passed the gate ROC AUC 0.7800 is at least 0.7. The model is better than none: "
        f"log loss 0.3000 is below 0.3669, {every}; Brier score 0.1000 is below 0.1056, {every}; "
        "profit 1,700 is above 1,000, that of calling everybody."
    )


def test_it_says_what_a_failed_model_misses() -> None:
    page = Page.read(render_report(contents_of(missed=("ROC AUC 0.6 is below 0.7.", "It is late."))))
    verdict = next(element for element in page.all("div") if "verdict" in element.attributes.get("class", ""))
    assert "failed" in verdict.attributes["class"]
    assert "Failed the gate" in verdict.text
    assert [item.text for item in page.all("li") if "nav" not in item.inside] == [
        "ROC AUC 0.6 is below 0.7.",
        "It is late.",
    ]


def test_it_says_that_the_data_has_changed_from_what_and_how() -> None:
    reference = Reference(run_id=EARLIER, url="https://example.com/a.csv", is_same_source=True)
    drift = drift_of(
        column_of("age", 0.3, chance=1e-9),
        label_rate=0.39,
        label_chance=1e-99,
        duplicates=ShareDrift(share=0.5, previous=0, chance=1e-99),
        scores=ScoreDrift(psi=0.2, chance=1e-9),
        reference=reference,
    )
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(drift=drift))))
    assert words(box(page, "changed")) == (
        "The data has changed "
        f"Beside that of the last accepted model, of the run {EARLIER}; more stands under Drift, below: "
        "label rate of 'y_yes': 39.00 %, was 10.16 % "
        "PSI at or above psi_warn = 0.1: 'age' (0.3000) "
        "rows equal to an earlier one: 50.00 %, was 0.00 % "
        "and 1 more"
    )


def test_of_data_that_has_not_changed_the_head_says_nothing() -> None:
    for drift in (None, drift_of(column_of("age", 0.3, chance=0.2))):
        page = Page.read(render_report(contents_of(evaluation=evaluation_of(drift=drift))))
        assert box(page, "changed") is None


def test_a_failed_gate_shows_figure_and_bound_as_a_picture() -> None:
    plan = plan_of(CONFIG.params.model_copy(update={"min_roc_auc": 0.99}))
    missed = ("roc_auc = 0.75000: it has to be at least min_roc_auc = 0.99",)
    page = Page.read(
        render_report(contents_of(plan=plan, evaluation=evaluation_of(roc_auc=0.75), missed=missed))
    )
    spoken = [plot.attributes["aria-label"] for plot in page.plots()]
    assert spoken[0].startswith("ROC AUC is 0.7500, and passes from 0.9900 on; Log loss is 0.5128, ")
    assert "bound 0.9900" in [text.text for text in page.all("text")]


def test_a_gate_that_was_passed_has_no_picture() -> None:
    page = Page.read(render_report(contents_of()))
    assert not any("and passes" in plot.attributes["aria-label"] for plot in page.plots())
