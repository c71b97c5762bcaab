import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.pipeline.documents.metrics import BestThreshold, FeatureImportance, PreviousModel
from include.pipeline.report.contents import ReportContents
from include.pipeline.report.page import render_report
from tests.pipeline.report.example import (
    CONFIG,
    FEATURES,
    KEY,
    LABELS,
    SCORES,
    at_threshold,
    column_of,
    contents_of,
    deployment_of,
    drift_of,
    evaluation_of,
    plan_of,
)
from tests.pipeline.report.page_reader import Page

# Each draws all plots.
pytestmark = pytest.mark.slow

HOSTILE = (
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 1">',
    "'><svg onload=window.ran=1>",
    "</style></title></svg><script>window.ran = 1</script>",
    "]]><script>window.ran = 1</script>",
    "<!-- <script>",
    "javascript:window.ran=1",
    "{{ 7 * 7 }}{% raw %}",
    r"$\frac{}$ _x_^ \alpha$",
    "a\0b\x07c\x1b[31m\r\n\ud800",
    "\u202egnp.exe\u2066",
    "👩\u200d💻 Ω 列 ไทย",
    "n" * 5000,
)
ABSENT = "\u2013"
WRITTEN_BY_THE_PAGE = re.compile(r"[a-z-]+|viewBox")


@pytest.fixture(scope="module")
def page() -> Page:
    return Page.read(render_report(contents_of()))


def hostile_contents(strings: tuple[str, ...]) -> ReportContents:
    """Contents in which all that comes from elsewhere is one of these strings."""
    words = iter(strings * 20)
    contents = contents_of()
    hyperparameters: dict[str, Any] = {word: word for word in strings} | {"num_round": 10}
    params = CONFIG.params.model_copy(
        update={"hyperparameters": hyperparameters, "data_url": next(words), "image_version": next(words)}
    )
    evaluation = evaluation_of(
        features=tuple(
            FeatureImportance(name=word, gain=1 + row, mean_abs_contribution=1 / (1 + row))
            for row, word in enumerate(strings)
        ),
        training_curve={f"train-{next(words)}": (0.5, 0.4), next(words): (1.0,)},
        previous=PreviousModel(run_id=next(words), roc_auc=0.7),
        drift=drift_of(
            *(
                column_of(word, 1 / (1 + row), kind="integer", previous_kind="float")
                for row, word in enumerate(strings)
            ),
            label=next(words),
            label_psi=0.2,
            missing=strings,
            added=strings,
        ),
    )
    plan = plan_of(params, dag_id=next(words), run_id=next(words))
    plan = plan.model_copy(
        update={
            "bucket": next(words),
            "table": plan.table.model_copy(update={"label": next(words)}),
            "training": plan.training | {"AlgorithmSpecification": {"TrainingImage": next(words)}},
            "locations": plan.locations.model_copy(update={"run": next(words)}),
        }
    )
    raw = {name: next(words) for name in ("uri", "url", "sha256", "etag", "last_modified")}
    return replace(
        contents,
        plan=plan,
        raw=contents.raw.model_copy(update=raw),
        training=contents.training.model_copy(update={"name": next(words), "model_uri": next(words)}),
        evaluation=evaluation,
        missed=strings,
        deployed=tuple(deployment_of(next(words), name=next(words)) for _ in range(3)),
        reused_from=f"not this run: {next(words)}",
    )


def assert_nothing_can_run(page: Page) -> None:
    """The page has no elements and attributes but those that its template and matplotlib write."""
    assert not page.open
    assert {element.tag for element in page.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "div", "details"),
        *("summary", "h1", "h2", "h3", "p", "ul", "li", "dl", "dt", "dd", "bdi", "code", "strong", "small"),
        *("span", "figure", "figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("svg", "g", "defs", "path", "use", "text", "clippath", "rect"),
    }
    for element in page.elements:
        for name, value in element.attributes.items():
            assert WRITTEN_BY_THE_PAGE.fullmatch(name)
            assert not name.startswith("on")
            assert name not in {"src", "srcset", "action"}
            assert name != "href" or re.fullmatch(r"#[a-z0-9-]+", value), value
            assert "url(" not in value or re.fullmatch(r"url\(#[a-z0-9-]+\)", value), value
    assert len(page.all("style")) == len(page.all("title")) == 1


def test_the_policy_allows_no_script_and_nothing_from_elsewhere(page: Page) -> None:
    policies = [meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert_nothing_can_run(page)
    styles = page.all("style")[0].text
    assert "url(" not in styles
    assert "@import" not in styles


def test_the_same_contents_give_the_same_page() -> None:
    assert render_report(contents_of()) == render_report(contents_of())


def test_it_says_that_the_model_passed_and_why(page: Page) -> None:
    verdict = next(element for element in page.all("div") if "verdict" in element.attributes.get("class", ""))
    assert "passed" in verdict.attributes["class"]
    evaluation = evaluation_of()
    assert f"ROC AUC {evaluation.roc_auc:.4f} is at least 0.7" in verdict.text
    assert "s 85.0\xa0%." in verdict.text


def test_it_says_what_a_failed_model_misses() -> None:
    page = Page.read(render_report(contents_of(missed=("ROC AUC 0.6 is below 0.7.", "It is late."))))
    verdict = next(element for element in page.all("div") if "verdict" in element.attributes.get("class", ""))
    assert "failed" in verdict.attributes["class"]
    assert "Failed the gate" in verdict.text
    assert [item.text for item in page.all("li")] == ["ROC AUC 0.6 is below 0.7.", "It is late."]


def test_metrics_stand_beside_their_intervals_and_the_baseline(page: Page) -> None:
    rows = {row[0]: row[1:4] for row in page.table("95 % of bootstrap samples")[1:]}
    evaluation = evaluation_of()
    accuracy, brier = evaluation.accuracy, evaluation.brier_score
    assert rows["Accuracy"] == [
        f"{accuracy:.4f}",
        f"{accuracy - 0.01:.4f} to {accuracy + 0.01:.4f}",
        "0.8500",
    ]
    # 30 yeses in 200 rows: 0.15 * 0.85.
    assert rows["Brier score"] == [f"{brier:.4f}", f"{brier - 0.01:.4f} to {brier + 0.01:.4f}", "0.1275"]
    assert len(rows) == 8
    assert "Accuracy says little here: always answering “no” gives 85.0 %" in page.text


def test_the_confusion_matrix_has_percentages_both_ways(page: Page) -> None:
    matrix = evaluation_of().confusion_matrix
    assert (matrix.tn, matrix.fp, matrix.fn, matrix.tp) == (129, 41, 15, 15)
    # Of 144 said no and 56 said yes.
    assert page.table("Of those predicted the same")[1:] == [
        ["No purchase", "90 % (129)", "73 % (41)"],
        ["Purchase", "10 % (15)", "27 % (15)"],
    ]
    # Of 170 noes and 30 yeses.
    assert page.table("Of those observed the same")[1:] == [
        ["No purchase", "76 % (129)", "24 % (41)"],
        ["Purchase", "50 % (15)", "50 % (15)"],
    ]
    assert "27 % of those said yes are one (precision)" in page.text
    assert "the model finds 50 % of the yeses (recall)" in page.text


def test_it_answers_whom_to_call(page: Page) -> None:
    highest = np.argsort(-SCORES, kind="stable")[:40]
    reached = LABELS[highest].sum() / 30
    assert f"Calling the top 20 % of customers (40 by score) reaches {100 * reached:.0f} % of" in page.text
    assert f"{reached / 0.2:.1f} times as many as calls at random" in page.text
    tenths = page.table("Test rows in tenths")
    assert len(tenths) == 11
    assert tenths[-1][-1] == "100.0 %"


def test_thresholds_are_marked_where_they_matter(page: Page) -> None:
    rows = page.table("What a threshold gives")[1:]
    evaluation = evaluation_of()
    by_threshold = {row[0].split()[0]: row for row in rows}
    assert len(rows) == len(by_threshold)
    assert {f"{step * 0.05:.2f}" for step in range(1, 20)} <= set(by_threshold)
    assert by_threshold["0.50"][0] == "0.50 in force"
    # 50 for each of the 15 found, 5 for each of 56 calls.
    assert by_threshold["0.50"][1:] == ["56", "15", "26.8 %", "50.0 %", "0.349", "470"]
    assert "best F1" in by_threshold[f"{evaluation.best_f1.test.threshold:.2f}"][0]
    assert "best profit" in by_threshold[f"{evaluation.best_profit.test.threshold:.2f}"][0]
    # Nobody is said yes: there is no precision.
    assert by_threshold["0.95"][1:4] == ["0", "0", ABSENT]


def test_a_threshold_between_the_listed_ones_is_listed() -> None:
    evaluation = evaluation_of(threshold=0.4567)
    page = Page.read(render_report(contents_of(evaluation=evaluation)))
    assert "0.4567 in force" in [row[0] for row in page.table("What a threshold gives")]


def test_it_says_what_a_best_threshold_was_chosen_on(page: Page) -> None:
    assert "chosen on the test rows themselves, so these figures are optimistic" in page.text
    at_third = at_threshold(LABELS, SCORES, 0.3)
    chosen = BestThreshold(chosen_on="validation", test=at_third)
    evaluation = evaluation_of(best_f1=chosen, best_profit=chosen, validation_rows=5766)
    text = Page.read(render_report(contents_of(evaluation=evaluation))).text
    assert "chosen on 5,766 validation rows" in text
    assert "optimistic" not in text


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
        "Mean |SHAP| in log-odds of the 3 columns that have most of it, as bars. First is pdays with 0.207",
        "Mean gain of the splits of the 3 columns that have most of it, as bars. First is euribor3m with 2",
        "logloss by training round: train 0.48 at first and 0.35 after round 3, validation 0.5 at first",
    ):
        assert sum(words in text for text in spoken) == 1, words


def test_ids_are_given_once_and_references_lead_somewhere(page: Page) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for name, value in element.attributes.items():
            if name in {"href", "aria-labelledby"}:
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
    params = CONFIG.params.model_copy(update={"data_url": "https://user:hunter2@host/x.csv?signature=s3cret"})
    html = render_report(contents_of(plan=plan_of(params)))
    assert "hunter2" not in html
    assert "s3cret" not in html
    assert "https://data.example.com/bank_clean.csv" in html


def test_without_features_it_says_why() -> None:
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(features=()))))
    assert "the model that image version 3.2-0 wrote cannot be read here" in page.text


def test_without_a_training_curve_it_says_why() -> None:
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(training_curve={}))))
    assert "No training curve: the job" in page.text


def test_each_metric_of_the_log_has_its_plot() -> None:
    curve = {"train-auc": (0.7,), "train-error": (0.2, 0.1), "validation-error": (0.3, 0.2), "train-none": ()}
    page = Page.read(render_report(contents_of(evaluation=evaluation_of(training_curve=curve))))
    spoken = [plot.attributes["aria-label"] for plot in page.plots()]
    assert [text.partition(" by training round")[0] for text in spoken if "training round" in text] == [
        "auc",
        "error",
    ]


@pytest.mark.parametrize(
    ("labels", "scores"),
    [
        pytest.param(LABELS, np.full(200, 0.01), id="never says yes, all scores equal"),
        pytest.param(LABELS, np.ones(200), id="always says yes"),
        pytest.param(LABELS, LABELS.astype(float), id="is always right"),
        pytest.param(LABELS, 1.0 - LABELS, id="is always wrong"),
        pytest.param(np.array([0, 0, 0, 0, 1, 1]), np.array([0.1, 0.4, 0.5, 0.2, 0.5, 0.3]), id="6 rows"),
        pytest.param(np.array([0, 1]), np.array([0.5, 0.5]), id="2 rows"),
        pytest.param(1 - LABELS, SCORES, id="most are a yes"),
    ],
)
def test_it_is_whole_for_any_model(labels: np.ndarray, scores: np.ndarray) -> None:
    with np.errstate(divide="ignore"):
        page = Page.read(render_report(contents_of(labels, scores)))
    assert_nothing_can_run(page)
    assert len(page.plots()) == 9
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
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_the_page(strings: list[str]) -> None:
    html = render_report(hostile_contents(tuple(strings)))
    assert_nothing_can_run(Page.read(html.encode().decode()))


def test_the_resources_are_accounted_for() -> None:
    there = deployment_of("endpoint", deleted=None, is_there=True)
    gone = deployment_of("model", created=None, deleted=None)
    rows = Page.read(render_report(contents_of(deployed=(there, gone)))).table(
        "As of 2026-11-23 06:12:00 UTC"
    )
    # ml.m4.xlarge costs 0.28 USD an hour, and was there for nine minutes.
    assert rows[1] == [
        f"Endpoint {KEY}", "Still there", "2026-11-23 06:03:00 UTC", ABSENT, "9 min 0 s", "0.04 USD",
    ]  # fmt: skip
    assert rows[2] == [f"Model {KEY}", "Was gone already", ABSENT, ABSENT, ABSENT, ABSENT]
    assert "Nothing was deployed." in Page.read(render_report(contents_of(deployed=()))).text


def test_more_columns_than_fit_are_left_out() -> None:
    many = tuple(FEATURES[0].model_copy(update={"name": f"column {row}"}) for row in range(400))
    html = render_report(contents_of(evaluation=evaluation_of(features=many)))
    assert "of 400 columns" in html
    assert html.count("column 14") == 3  # in both plots and the table
    assert "column 15" not in html
