"""The figures on the pages, computed anew or held against where they come from."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from include.pipeline.aws import prices
from include.pipeline.documents.metrics import Metrics
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from local_stack.results import Leftovers
from local_stack.screen import summary
from tests.docs.pages import PAGES, Page
from tests.pipeline.made_up_figures import metrics
from tests.pipeline.planned import CONFIG, plan_of
from tests.project import PROJECT

RESULTS, SPANISH = (Page(PROJECT / "docs" / name) for name in ("results.md", "tutorial.es.md"))
# On the tutorial's data; tests/docs/test_notebook.py has XGBoost give them.
COUNTS = ConfusionMatrix(tn=10789, fp=147, fn=1138, tp=283)
ROC_AUC, AVERAGE_PRECISION = 0.77681, 0.42611
ROWS, TRAINED, TESTED, POSITIVES = 41_188, 28_831, 12_357, 1_421


def of_the_tutorials_data() -> Metrics:
    """The figures that follow from the counts, by their definitions."""
    tn, fp, fn, tp = COUNTS.tn, COUNTS.fp, COUNTS.fn, COUNTS.tp
    return metrics(
        rows=TESTED,
        positives=POSITIVES,
        confusion_matrix=COUNTS,
        accuracy=(tn + tp) / TESTED,
        baseline_accuracy=(tn + fp) / TESTED,
        precision=tp / (tp + fp),
        recall=tp / POSITIVES,
        f1=2 * tp / (2 * tp + fp + fn),
        roc_auc=ROC_AUC,
        average_precision=AVERAGE_PRECISION,
    )


def text_block(page: Page, beginning: str) -> str:
    (found,) = (block.text for block in page.blocks if block.text.startswith(beginning))
    return found


def test_the_numbers_of_rows_are_those_of_the_split() -> None:
    assert int(0.7 * ROWS) == TRAINED
    assert ROWS - TRAINED == TESTED == COUNTS.tn + COUNTS.fp + COUNTS.fn + COUNTS.tp
    assert COUNTS.fn + COUNTS.tp == POSITIVES
    for number in (ROWS, TRAINED, TESTED, POSITIVES):
        assert f"{number:,}" in RESULTS.text
    for number in (TRAINED, TESTED, POSITIVES):
        assert f"{number:,}".replace(",", ".") in SPANISH.text


def test_what_the_demo_prints_is_on_the_page() -> None:
    written = io.StringIO()
    drawn = summary(plan_of({}), of_the_tutorials_data(), Leftovers(0, 0, 0, 12), Path("/runs"), 60.0)
    Console(file=written, width=120).print(drawn)
    printed = "\n".join(line.rstrip() for line in written.getvalue().strip().splitlines())
    shown = text_block(RESULTS, "Overall")
    assert printed.startswith(shown)
    # Below it, the page only names what there is.
    below = re.findall(r"^(\w+(?: \w+)?)  ", printed.removeprefix(shown), re.MULTILINE)
    assert below == ["data", "rows", "DAG run", "left over", "results", "report"]
    for name in below:
        assert f"`{name}`" in RESULTS.text


def test_the_spanish_page_has_the_same_table() -> None:
    assert text_block(RESULTS, "Overall").startswith(text_block(SPANISH, "Overall"))


def test_the_shares_in_the_text_are_those_of_the_counts() -> None:
    figures = of_the_tutorials_data()
    assert f"{figures.precision:.0%}".replace("%", " %") + " of those predicted" in RESULTS.text
    assert f"That is {figures.recall:.0%}".replace("%", " %") + " (recall)" in RESULTS.text
    assert f"right in {figures.baseline_accuracy:.1%}".replace("%", " %") in RESULTS.text
    assert f"un {figures.recall:.0%}".replace("%", " %") in SPANISH.text
    assert f"el {figures.baseline_accuracy:.1%}".replace("%", " %").replace(".", ",") in SPANISH.text


@pytest.mark.parametrize(
    ("counts", "accuracy"),
    [((10_769, 167, 1_133, 288), "89.5 %"), ((COUNTS.tn, COUNTS.fp, COUNTS.fn, COUNTS.tp), "89.6 %")],
)
def test_the_comparison_with_the_tutorial_adds_up(counts: tuple[int, ...], accuracy: str) -> None:
    assert sum(counts) == TESTED
    assert f"{(counts[0] + counts[3]) / TESTED:.1%}".replace("%", " %") == accuracy
    assert " | ".join((*(f"{count:,}" for count in counts), accuracy)) in RESULTS.text


def test_prices_are_those_of_the_price_list() -> None:
    hour = prices.usd("us-east-1", "hosting", "ml.m4.xlarge", 1, timedelta(hours=1))
    day = prices.usd("us-east-1", "hosting", "ml.m4.xlarge", 1, timedelta(days=1))
    assert prices.usd("us-east-1", "training", "ml.m4.xlarge", 1, timedelta(hours=1)) == hour
    texts = {page.name: " ".join(page.text.split()) for page in PAGES}
    by_hour = {name: re.findall(r"([\d.]+) USD an hour", text) for name, text in texts.items()}
    assert by_hour["docs/aws.md"] == [f"{hour:.2f}"]
    by_day = {found for text in texts.values() for found in re.findall(r"([\d.]+) USD a day", text)}
    assert by_day == {f"{day:.2f}"}
    assert f"{day:.2f} USD al día".replace(".", ",") in texts["docs/tutorial.es.md"]


def test_the_times_of_the_schedule_are_those_of_the_yaml() -> None:
    assert (CONFIG.schedule, CONFIG.watch) == ("0 6 * * 1", "*/15 * * * *")
    text = " ".join(Page(PROJECT / "docs" / "operations.md").text.split())
    assert "Mondays at 06:00 UTC" in text
    assert "every 15 minutes" in text
