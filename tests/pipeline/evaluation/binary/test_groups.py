import numpy as np
import pytest

from include.pipeline.documents.metrics import GroupFigures
from include.pipeline.evaluation.binary.groups import find_groups, group_figures
from include.pipeline.evaluation.evaluate import evaluate
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.figures.scored_rows import ScoredRows
from tests.pipeline.planned import CONFIG

NAMES = ("age", "job_admin", "job_maid", "income")
ROWS = b"25,1,0,10\n30,0,1,20\n59.5,0,1,\n60,0,0,30\n71,1,0,40\n"


def rows_of(**groups: tuple[float, ...]) -> dict[tuple[str, str], list[int]]:
    """The places of the rows in each group."""
    asked = {name.replace("_any", "_*"): cuts for name, cuts in groups.items()}
    return {
        (group.by, group.name): np.flatnonzero(group.rows).tolist()
        for group in find_groups(ROWS, NAMES, asked)
    }


def test_a_column_is_cut_at_its_values() -> None:
    assert rows_of(age=(30, 60)) == {
        ("age", "under 30"): [0],
        ("age", "30 to under 60"): [1, 2],
        ("age", "60 and over"): [3, 4],
    }


def test_without_cuts_each_value_is_a_group_and_so_is_none() -> None:
    assert rows_of(income=()) == {
        ("income", "10"): [0],
        ("income", "20"): [1],
        ("income", "30"): [3],
        ("income", "40"): [4],
        ("income", "no value"): [2],
    }


def test_of_more_than_ten_values_each_quarter_is_one() -> None:
    lines = "".join(f"{number},0\n" for number in range(1, 21)).encode()
    found = find_groups(lines, ("age", "x"), {"age": ()})
    assert [(group.name, group.rows.sum()) for group in found] == [
        ("under 5", 4),
        ("5 to under 10", 5),
        ("10 to under 15", 5),
        ("15 and over", 6),
    ]


def test_a_column_beside_the_features_has_a_group_for_each_text_or_is_cut() -> None:
    beside = b'"sex","income_of_2020"\n"f",1\n"m",5\n"f",\n,7\n"NA",5\n'
    groups = {"sex": (), "age": (60.0,), "income_of_2020": (5.0,)}
    found = find_groups(ROWS, NAMES, groups, beside)
    assert [(group.by, group.name, np.flatnonzero(group.rows).tolist()) for group in found] == [
        ("sex", "NA", [4]),
        ("sex", "f", [0, 2]),
        ("sex", "m", [1]),
        ("sex", "no value", [3]),
        ("age", "under 60", [0, 1, 2]),
        ("age", "60 and over", [3, 4]),
        ("income_of_2020", "under 5", [0]),
        ("income_of_2020", "5 and over", [1, 3, 4]),
        ("income_of_2020", "no value", [2]),
    ]


def test_of_more_than_ten_texts_the_nine_most_frequent_are_groups_and_the_rest_are_others() -> None:
    values = [
        name for name, count in zip("abcdefghijkl", range(12, 0, -1), strict=True) for _ in range(count)
    ]
    beside = "".join(["town\n", *(f"{value}\n" for value in values)]).encode()
    found = find_groups(b"1\n" * len(values), ("age",), {"town": ()}, beside)
    assert [(group.name, group.rows.sum()) for group in found] == [
        *zip("abcdefghi", range(12, 3, -1), strict=True),
        ("others", 3 + 2 + 1),
    ]


def test_one_hot_columns_are_groups_of_one_kind() -> None:
    assert rows_of(job_any=()) == {
        ("job", "admin"): [0, 4],
        ("job", "maid"): [1, 2],
        ("job", "none of these"): [3],
    }


def test_what_the_table_has_no_column_for_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    assert set(rows_of(age=(100,), city=())) == {("age", "under 100")}
    assert "No figures by 'city'" in caplog.text
    assert find_groups(ROWS, NAMES, {"city": ()}) == ()


def test_each_group_is_counted_at_the_threshold_that_is_in_force() -> None:
    labels, scores = np.array([0, 1, 0, 1, 1]), np.array([0.2, 0.7, 0.6, 0.4, 0.9])
    groups = find_groups(ROWS, NAMES, {"age": (60,)})
    expected = (
        GroupFigures(by="age", name="under 60", confusion_matrix=ConfusionMatrix(tn=1, fp=1, fn=0, tp=1)),
        GroupFigures(by="age", name="60 and over", confusion_matrix=ConfusionMatrix(tn=0, fp=0, fn=1, tp=1)),
    )
    assert group_figures(ScoredRows(labels, scores, 0.5), groups) == expected
    chosen = CONFIG.params.model_copy(update={"threshold": 0.95, "threshold_rule": "best_f1"})
    found = evaluate((labels, scores), chosen, groups=groups)
    # By F1 the threshold is low enough for all positives.
    assert [group.confusion_matrix.fn for group in found.groups] == [0, 0]
