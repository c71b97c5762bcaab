"""The bundled sample: synthetic, alike to the tutorial's data, and as hard to learn."""

import io

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from sklearn.metrics import roc_auc_score

from include.datasets.make_bank_marketing_sample import PATH, make_sample
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.documents.config import load_config
from tests.tutorial_data import BANK_CLEAN, needs_bank_clean

# The groups of bank_clean.csv, each with the number of its columns.
GROUPS = {
    "job": 12,
    "marital": 4,
    "education": 8,
    "default": 3,
    "housing": 3,
    "loan": 3,
    "contact": 2,
    "month": 10,
    "day_of_week": 5,
    "poutcome": 3,
    "y": 2,
}
NUMBERS = ["age", "campaign", "pdays", "previous", "no_previous_contact", "not_working"]


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return pd.read_csv(PATH, index_col=0)


@pytest.fixture(scope="module")
def real() -> pd.DataFrame:
    return pd.read_csv(BANK_CLEAN, index_col=0)


def members(frame: pd.DataFrame, group: str) -> pd.DataFrame:
    return frame.filter(regex=f"^{group}_")


def test_the_file_is_what_the_script_makes() -> None:
    made = io.StringIO()
    make_sample().to_csv(made, lineterminator="\n")
    assert PATH.read_bytes() == made.getvalue().encode()


def test_it_has_4000_numbered_rows_of_61_whole_numbers(sample: pd.DataFrame) -> None:
    assert sample.shape == (4000, 61)
    assert sample.index.tolist() == list(range(4000))
    assert set(sample.dtypes) == {np.dtype("int64")}


@needs_bank_clean
def test_its_header_is_the_tutorials() -> None:
    with PATH.open("rb") as ours, BANK_CLEAN.open("rb") as theirs:
        assert ours.readline().rstrip() == theirs.readline().rstrip()


@pytest.mark.parametrize(("group", "size"), GROUPS.items())
def test_each_row_is_in_one_category_of_each_group(group: str, size: int, sample: pd.DataFrame) -> None:
    categories = members(sample, group)
    assert categories.shape[1] == size
    assert categories.isin([0, 1]).all(axis=None)
    assert (categories.sum(axis=1) == 1).all()


def test_there_is_no_column_besides_the_groups(sample: pd.DataFrame) -> None:
    grouped = [name for group in GROUPS for name in members(sample, group)]
    assert list(sample) == NUMBERS + grouped


def test_columns_that_follow_from_each_other_agree(sample: pd.DataFrame) -> None:
    not_contacted = sample["pdays"] == 999
    idle = sample[["job_retired", "job_student", "job_unemployed"]].sum(axis=1)
    assert (sample["no_previous_contact"] == not_contacted).all()
    assert ((sample["previous"] == 0) == (sample["poutcome_nonexistent"] == 1)).all()
    assert (sample["not_working"] == idle).all()
    assert (sample["housing_unknown"] == sample["loan_unknown"]).all()
    assert not (not_contacted & (sample["poutcome_success"] == 1)).any()
    assert not (~not_contacted & (sample["poutcome_nonexistent"] == 1)).any()


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [
        ("y_yes", 0.09, 0.13),
        ("no_previous_contact", 0.95, 0.975),
        ("poutcome_nonexistent", 0.84, 0.885),
        ("poutcome_success", 0.025, 0.042),
        ("contact_cellular", 0.60, 0.67),
        ("month_may", 0.31, 0.36),
        ("job_admin.", 0.23, 0.28),
        ("age", 39, 41),
        ("campaign", 2.3, 2.8),
    ],
)
def test_its_marginals_are_those_of_the_published_data(
    column: str, low: float, high: float, sample: pd.DataFrame
) -> None:
    assert low < sample[column].mean() < high


def test_ages_are_those_of_adults_skewed_to_the_right(sample: pd.DataFrame) -> None:
    assert sample["age"].between(17, 98).all()
    assert sample["age"].mean() > sample["age"].median() + 1
    assert 25 < sample["age"][sample["job_student"] == 1].mean() < 27
    assert 60 < sample["age"][sample["job_retired"] == 1].mean() < 64


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("poutcome_success", "poutcome_failure"),
        ("poutcome_failure", "poutcome_nonexistent"),
        ("month_mar", "month_may"),
        ("contact_cellular", "contact_telephone"),
        ("job_student", "job_blue-collar"),
    ],
)
def test_yes_is_more_frequent_where_it_is_in_the_original(more: str, less: str, sample: pd.DataFrame) -> None:
    yes = sample["y_yes"]
    assert yes[sample[more] == 1].mean() > 1.3 * yes[sample[less] == 1].mean()


@pytest.mark.slow
def test_a_model_learns_as_much_from_it_as_from_the_original() -> None:
    config = load_config("bank_marketing")
    with PATH.open("rb") as file:
        table = read_table(file, config.table)
    features = [name for name in table.names if name != "y_yes"]
    train, test = (
        xgb.DMatrix(np.column_stack([part.column(name) for name in features]), part.column("y_yes"))
        for part in split_table(table, config.table, train_fraction=0.7, seed=1729)
    )
    hyperparameters = {
        "max_depth": 5,
        "eta": 0.2,
        "gamma": 4,
        "min_child_weight": 6,
        "subsample": 0.8,
        "objective": "binary:logistic",
    }
    scores = xgb.train(hyperparameters, train, num_boost_round=100).predict(test)
    labels = test.get_label()
    assert len(labels) == 1200
    assert 0.72 < roc_auc_score(labels, scores) < 0.80
    assert np.sum((scores > 0.5) == labels) >= np.sum(labels == 0) + 8


def shared(rows: pd.DataFrame, others: pd.DataFrame) -> float:
    """Share of `rows` that stand in `others` too, by all of their features."""
    labels = ["y_no", "y_yes"]
    known = set(others.drop(columns=labels).itertuples(index=False, name=None))
    met = [row in known for row in rows.drop(columns=labels).itertuples(index=False, name=None)]
    return sum(met) / len(met)


@pytest.mark.long
@needs_bank_clean
def test_its_rows_meet_real_ones_by_chance_only(sample: pd.DataFrame, real: pd.DataFrame) -> None:
    # Customers who have nothing to do with each other are alike by chance: so often within the real data.
    shuffled = real.sample(frac=1, random_state=1)
    by_chance = shared(shuffled.iloc[:4000], shuffled.iloc[4000:])
    assert shared(sample, real) < by_chance / 2


@needs_bank_clean
def test_no_marginal_is_far_from_the_originals(sample: pd.DataFrame, real: pd.DataFrame) -> None:
    standard_error = real.std() / np.sqrt(len(sample))
    assert ((sample.mean() - real.mean()).abs() / standard_error).max() < 4
