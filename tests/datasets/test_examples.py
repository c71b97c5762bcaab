"""The examples: their tables are what the script makes, and hold what they are to show."""

import io

import pytest
from sklearn.metrics import roc_auc_score

from include.datasets.make_examples import EXAMPLES, make_example, path_of
from include.pipeline.documents.config import load_config


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_file_is_what_the_script_makes(name: str) -> None:
    made = io.StringIO()
    make_example(name).to_csv(made, index=False, lineterminator="\n")
    assert path_of(name).read_bytes() == made.getvalue().encode()
    assert load_config(name).params.data_url == path_of(name).name


@pytest.mark.parametrize(("name", "positives"), [("churn", 0.229), ("credit_risk", 0.239), ("fraud", 0.005)])
def test_labels_have_the_shares_that_they_are_to_have(name: str, positives: float) -> None:
    table = load_config(name).table
    labels = make_example(name)[table.label]
    assert (labels == (table.positive or 1)).mean() == pytest.approx(positives, abs=0.001)


def test_the_column_that_leaks_would_tell_the_answer_alone() -> None:
    table = make_example("credit_risk")
    leak = load_config("credit_risk").table.leaks[0]
    assert roc_auc_score(table["outcome"] == "default", table[leak]) > 0.95
