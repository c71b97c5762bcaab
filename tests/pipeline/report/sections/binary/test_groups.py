import dataclasses

import pytest
from scipy import stats

from include.pipeline.documents.metrics import GroupFigures
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.report.page import render_report
from include.pipeline.report.sections.binary.groups import gather
from tests.pipeline.report.example import contents_of, evaluation_of
from tests.pipeline.report.page_reader import Page

OLD = GroupFigures(by="age", name="60 and over", confusion_matrix=ConfusionMatrix(tn=60, fp=20, fn=8, tp=12))
NOBODY = GroupFigures(by="age", name="under 60", confusion_matrix=ConfusionMatrix(tn=90, fp=0, fn=10, tp=0))
OTHER = GroupFigures(by="job", name="maid", confusion_matrix=ConfusionMatrix(tn=200, fp=0, fn=0, tp=0))
CONTENTS = contents_of(evaluation=evaluation_of(groups=(OLD, NOBODY, OTHER)))


@pytest.mark.slow
def test_each_group_is_told_with_intervals() -> None:
    page = Page.read(render_report(CONTENTS))
    _, old, nobody = page.table("By age.")
    called, recall, precision = (
        stats.binomtest(*counts).proportion_ci(method="wilson") for counts in ((32, 100), (12, 20), (12, 32))
    )
    assert old == [
        *("60 and over", "100", "20.0 %"),
        f"32.0 %{100 * called.low:.1f} % to {100 * called.high:.1f} %",
        f"60.0 %{100 * recall.low:.1f} % to {100 * recall.high:.1f} %",
        f"37.5 %{100 * precision.low:.1f} % to {100 * precision.high:.1f} %",
    ]
    assert nobody[3].startswith("0.0 %0.0 % to")
    assert nobody[-1] == "\u2013"  # nobody is called, so there is no precision
    assert page.table("By job.")[1][4:] == ["\u2013", "\u2013"]


@pytest.mark.slow
def test_without_groups_there_is_no_section(page: Page) -> None:
    assert "Are some customers served worse" not in page.text


def test_shares_of_few_rows_are_told_only_where_they_may_be() -> None:
    table = CONTENTS.plan.table.model_copy(update={"show_values": False, "groups": {}})
    hidden = dataclasses.replace(CONTENTS, plan=CONTENTS.plan.model_copy(update={"table": table}))
    (shown, _), (old, _) = (gather(each).tables["age"] for each in (CONTENTS, hidden))
    assert shown.recall is not None
    assert shown.recall.value == 12 / 20
    # Eight of its twenty positives are not called.
    assert old.recall is None
    assert old.called is not None
    assert old.called.value == 32 / 100
