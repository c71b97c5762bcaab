from include.pipeline.documents.metrics import Metrics
from include.pipeline.documents.table.words import Words
from include.pipeline.evaluation.confusion_table import confusion_table
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from tests.pipeline import made_up_figures as figures

WORDS = Words(positive="Purchase")


def metrics(**counts: int) -> Metrics:
    matrix = ConfusionMatrix(**counts)
    rows = matrix.tn + matrix.fp + matrix.fn + matrix.tp
    return figures.metrics(
        rows=rows,
        positives=matrix.fn + matrix.tp,
        confusion_matrix=matrix,
        accuracy=(matrix.tn + matrix.tp) / rows,
    )


def test_the_tutorials_own_figures_print_as_in_the_tutorial() -> None:
    assert confusion_table(
        metrics(tn=10769, fp=167, fn=1133, tp=288), WORDS, few_rows_shown=False
    ).splitlines() == [
        "Overall Classification Rate: 89.5%",
        "",
        "Predicted      No Purchase         Purchase",
        "Observed",
        "No Purchase    90% (10769)         37% (167)",
        "Purchase       10% (1133)          63% (288)",
    ]


def test_a_model_that_never_says_yes_can_be_printed() -> None:
    assert confusion_table(metrics(tn=9, fp=0, fn=1, tp=0), WORDS, few_rows_shown=True).splitlines()[-2:] == [
        "No Purchase    90% (9)             0% (0)",
        "Purchase       10% (1)             0% (0)",
    ]


def test_few_rows_are_not_counted_where_they_may_not_be_seen() -> None:
    assert confusion_table(metrics(tn=90, fp=9, fn=10, tp=0), WORDS, few_rows_shown=False).splitlines()[
        -2:
    ] == [
        "No Purchase    90% (90)            (under 10)",
        "Purchase       10% (10)            0% (0)",
    ]
