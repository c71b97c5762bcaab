"""The examples: their tables are what the script makes, and hold what they are to show."""

import pytest
from sklearn.metrics import roc_auc_score

from include.datasets.make_bank_marketing_sample import make_sample
from include.datasets.make_examples import EXAMPLES, make_example, path_of, text_of
from include.pipeline.documents.config import DATASETS, load_config


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_file_is_what_the_script_makes(name: str) -> None:
    assert path_of(name).read_bytes() == text_of(name).encode()
    assert DATASETS / load_config(name).params.data_url == path_of(name)


@pytest.mark.parametrize(("name", "positives"), [("churn", 0.229), ("credit_risk", 0.239), ("fraud", 0.005)])
def test_labels_have_the_shares_that_they_are_to_have(name: str, positives: float) -> None:
    table = load_config(name).table
    labels = make_example(name)[table.label]
    assert (labels == (table.positive or 1)).mean() == pytest.approx(positives, abs=0.001)


def test_the_published_form_of_the_banks_data_is_written_as_its_file_is() -> None:
    header, row, *_ = text_of("bank_marketing_raw").splitlines()
    assert header.split(";")[0] == '"age"'
    assert (header.count(";"), header.split(";")[-1]) == (20, '"y"')
    cells = row.split(";")
    assert [cell.startswith('"') for cell in cells] == [
        False,
        *[True] * 9,
        *[False] * 4,
        True,
        *[False] * 5,
        True,
    ]
    table = make_example("bank_marketing_raw")
    assert {*table["y"]} == {"yes", "no"}
    assert (table["default"] == "unknown").mean() == pytest.approx(0.21, abs=0.02)
    # The calls are those of the tutorial's form.
    assert (table["y"] == "yes").tolist() == (make_sample()["y_yes"] == 1).tolist()
    assert roc_auc_score(table["y"] == "yes", table["duration"]) > 0.8


def test_no_column_of_the_recommendations_tells_alone_what_a_pair_does() -> None:
    table = make_example("recommendations")
    assert not table.duplicated(["user", "film"]).any()
    assert set(table.columns) == {"user", "film", "likes"}


def test_the_column_that_leaks_would_tell_the_answer_alone() -> None:
    table = make_example("credit_risk")
    leak = load_config("credit_risk").table.leaks[0]
    assert roc_auc_score(table["outcome"] == "default", table[leak]) > 0.95
