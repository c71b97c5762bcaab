"""Pages count no fewer than ten rows of a table whose YAML does not show the label's values."""

import re
from typing import TYPE_CHECKING

import pytest

from include.pipeline.documents.metrics import Decile, Evaluation
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.report.page import render_report
from plugins.model_report.pages import _environment
from tests.pipeline.report.example import contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

if TYPE_CHECKING:
    from collections.abc import Callable

MATRIX = ConfusionMatrix(tn=163, fp=7, fn=21, tp=9)


def evaluation(*, shown: bool) -> Evaluation:
    """Cells of seven and nine rows, and deciles with few positives."""
    whole = evaluation_of()
    deciles = tuple(Decile(**decile.model_dump() | {"positives": 3}) for decile in whole.deciles)
    return whole.model_copy(
        update={"confusion_matrix": MATRIX, "deciles": deciles, "few_rows_shown": shown, "positives": 8}
    )


def report(*, shown: bool) -> Page:
    contents = contents_of()
    split = contents.split.model_copy(update={"test_positives": 8, "train_positives": 5})
    table = contents.plan.table.model_copy(update={"show_values": shown})
    plan = contents.plan.model_copy(update={"table": table})
    # Of a model that is used again, the run that made it may have had another YAML.
    return Page.read(
        render_report(contents_of(evaluation=evaluation(shown=not shown), split=split, plan=plan))
    )


def few(cells: list[str]) -> list[str]:
    """Cells that count one to nine rows."""
    return [cell for cell in cells if re.search(r"(^|\()[1-9](\)|$)", cell)]


@pytest.mark.slow
@pytest.mark.parametrize("shown", [True, False])
def test_the_report_counts_few_rows_only_where_the_yaml_shows_them(shown: bool) -> None:
    page = report(shown=shown)
    counted: dict[str, Callable[[list[str]], list[str]]] = {
        "of the rows with the same prediction": lambda row: row[1:],
        "of the rows with the same label": lambda row: row[1:],
        "Test rows in tenths": lambda row: row[1:3],
        "What a threshold gives": lambda row: row[1:3],
    }
    for caption, cells in counted.items():
        body = [cell for row in page.table(caption)[1:] for cell in cells(row)]
        assert bool(few(body)) is shown, caption
        assert ("under 10" in " ".join(body)) is not shown, caption
    assert ("of which 8 positive" in page.text) is shown
    assert ("of which under 10 positive" in page.text) is not shown


@pytest.mark.parametrize("shown", [True, False])
def test_the_pages_of_the_plugin_do_so_too(shown: bool) -> None:
    parts = _environment.get_template("parts.html").module
    html = parts.confusion(evaluation(shown=shown), "Matrix")  # type: ignore[attr-defined]
    cells = re.findall(r'<td class="number">(.*?)</td>', html)
    assert [cell.partition("<")[0] for cell in cells] == (
        ["163", "7", "21", "9"] if shown else ["163", "under 10", "21", "under 10"]
    )
    # The share would tell the count.
    assert ("4.1" in html) is shown


def test_a_document_that_does_not_say_so_shows_nothing() -> None:
    stored = evaluation(shown=True).model_dump(mode="json")
    del stored["few_rows_shown"]
    assert Evaluation.model_validate(stored).few_rows_shown is False
