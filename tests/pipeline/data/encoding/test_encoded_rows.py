"""The encoding of a table: what it is fitted on, what it makes, and that a caller's rows get the same."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.encoded_rows import encode_table, fit_rows, unseen_rows
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.objects import write_split
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from tests.pipeline.data.encoding.churn import TABLE, churn, fitted, written
from tests.project import PROJECT


def encoded(frame: pd.DataFrame, table: TableConfig = TABLE) -> tuple[Encoding, pd.DataFrame]:
    """Encode a table by an encoding of its training rows, and return all features, in the file's order."""
    encoding, train, _ = fitted(frame, table)
    found = encode_table(train.table, encoding, table.label)
    return encoding, pd.DataFrame({name: found.column(name) for name in encoding.features})


def _part(moments: pd.Series, part: str) -> pd.Series:
    found: pd.Series = getattr(moments.dt, "day_of_week" if part == "weekday" else part)
    return found


def order(rows: int) -> np.ndarray:
    return np.random.RandomState(1729).choice(rows, size=rows, replace=False)


def test_each_feature_is_named_after_its_column_in_the_files_order() -> None:
    encoding, _ = encoded(churn())
    assert encoding.features == (
        "plan_basic", "plan_family", "plan_pro", "region_A", "region_B", "region_C", "region_(other)", "city",
        "age", "calls", "fee", "born_year", "signup_year", "signup_quarter", "signup_month", "signup_day",
        "signup_weekday", "signup_since_born",
    )  # fmt: skip


def test_categories_are_those_of_scikit_learns_encoders() -> None:
    frame = churn()
    _, found = encoded(frame)
    train = order(len(frame))[:280]
    plan = frame[["plan"]].replace({"?": None, "": None}).astype(object)
    known = plan.iloc[train].dropna()
    one_hot = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(known)
    expected = one_hot.transform(plan.fillna("none")).astype(float)
    expected[plan["plan"].isna()] = np.nan
    np.testing.assert_array_equal(found[["plan_basic", "plan_family", "plan_pro"]], expected)
    ordinal = OrdinalEncoder().fit(frame[["city"]].iloc[train])
    np.testing.assert_array_equal(found["city"], ordinal.transform(frame[["city"]])[:, 0])


def test_dates_are_those_of_pandas() -> None:
    frame = churn()
    _, found = encoded(frame)
    signup = pd.to_datetime(frame["signup"].replace({"": None, "null": None}))
    born = pd.to_datetime(frame["born"])
    for part in ("year", "quarter", "month", "day", "weekday"):
        expected = _part(signup, part).to_numpy(dtype="float64", na_value=np.nan)
        np.testing.assert_array_equal(found[f"signup_{part}"], expected)
    np.testing.assert_array_equal(found["signup_since_born"], (signup - born).dt.days.to_numpy(dtype=float))


def test_numbers_stay_as_they_are_and_named_ones_may_be_a_question_mark() -> None:
    frame = churn()
    _, found = encoded(frame)
    np.testing.assert_array_equal(found["age"], pd.to_numeric(frame["age"].replace({"?": None, "NA": None})))
    np.testing.assert_array_equal(found["fee"], frame["fee"].astype(float))


def test_a_change_of_the_test_rows_leaves_the_encoding() -> None:
    frame = churn()
    before, _, _ = fitted(frame)
    test = order(len(frame))[280:]
    frame.loc[test, "plan"] = "enterprise"
    frame.loc[test, "region"] = "Z"
    frame.loc[test, "city"] = "Aarau"
    after, train, held = fitted(frame)
    assert after.sha256 == before.sha256
    assert unseen_rows(train, [held]) == {"plan": 120, "region": 120, "city": 120}
    frame.loc[order(len(frame))[:5], "plan"] = "enterprise"
    assert fitted(frame)[0].sha256 != before.sha256


def test_a_value_that_no_training_row_has_is_of_the_others_or_of_none() -> None:
    frame = churn()
    row = order(len(frame))[-1]
    frame.loc[row, ["plan", "region", "city"]] = ["enterprise", "Z", "Aarau"]
    _, found = encoded(frame)
    assert found.filter(like="plan_").iloc[row].tolist() == [0, 0, 0]
    assert found.filter(like="region_").iloc[row].tolist() == [0, 0, 0, 1]
    assert np.isnan(found["city"].iloc[row])


@pytest.mark.slow
def test_a_caller_with_the_json_alone_gets_the_same_numbers_in_a_fresh_process(tmp_path: Path) -> None:
    frame = churn()
    encoding, train, test = fitted(frame)
    table = encode_table(train.table, encoding, TABLE.label)
    write_split(Rows(table, train.order), Rows(table, test.order), TABLE, tmp_path)
    (tmp_path / "encoding.json").write_bytes(encoding.content)
    sent = frame.iloc[test.order].drop(columns=["churned", "refund", "notes"])
    answer = subprocess.run(
        [sys.executable, "-m", "include.pipeline.data.encoding", str(tmp_path / "encoding.json")],
        input=written(sent[sent.columns[::-1]]),
        capture_output=True,
        cwd=PROJECT,
        check=True,
    )
    features = (tmp_path / "features.csv").read_bytes()
    # Without holes, numbers may have no point: the same to the last bit all the same.
    one, other = (
        np.genfromtxt(io.BytesIO(content), delimiter=",", dtype=np.float32)
        for content in (answer.stdout, features)
    )
    assert one.tobytes() == other.tobytes()


cells = st.sampled_from(["a", "b", "c", " d ", "é", "?", "NA", "", "-", 'q"q', "x,y"])
dates = st.none() | st.datetimes(min_value=pd.Timestamp("1901-01-01"), max_value=pd.Timestamp("2100-01-01"))


@pytest.mark.long
@settings(max_examples=60)
@given(rows=st.lists(st.tuples(cells, dates), min_size=10, max_size=40), most=st.integers(1, 4))
def test_any_table_is_encoded_as_pandas_would(rows: list[tuple[str, pd.Timestamp]], most: int) -> None:
    frame = pd.DataFrame(rows, columns=["c", "d"])
    moments = pd.to_datetime(frame["d"]).dt.floor("s")
    frame["d"] = moments.dt.strftime("%Y-%m-%d %H:%M:%S").fillna("")
    frame["y"] = np.arange(len(frame)) % 2
    table = TableConfig.model_validate(
        {
            "label": "y",
            "show_values": True,
            "columns": {
                "c": {"kind": "category", "most": most},
                "d": {"kind": "date", "parts": ["year", "weekday", "hour"]},
            },
        }
    )
    data = read_table(io.BytesIO(written(frame)), table)
    train = Rows(data, np.arange(len(frame) // 2, dtype=np.int64))
    known = frame["c"].str.strip().where(~frame["c"].str.strip().isin(["?", "NA", ""]))
    counts = known.iloc[: len(frame) // 2].dropna().value_counts()
    if counts.empty:
        with pytest.raises(DataError, match="column 'c', a category, has no value in the training rows"):
            fit_rows(train, table)
        return
    encoding = fit_rows(train, table)
    found = encode_table(data, encoding, "y")
    kept = sorted(sorted(counts.index, key=lambda value: (-counts[value], value))[:most])
    expected = {f"c_{value}": (known == value).astype(float) for value in kept}
    if len(counts) > most:
        expected["c_(other)"] = (~known.isin(kept)).astype(float)
    for name, column in expected.items():
        np.testing.assert_array_equal(found.column(name), column.where(known.notna()))
    for part in ("year", "weekday", "hour"):
        values = _part(moments, part).to_numpy(dtype="float64", na_value=np.nan)
        np.testing.assert_array_equal(found.column(f"d_{part}"), values)
    features = list(encoding.features)
    lines = encode_csv(written(frame[["d", "c"]]), encoding)
    again = pd.read_csv(io.BytesIO(lines), header=None, names=features).to_numpy(dtype="float64")
    np.testing.assert_array_equal(again, np.column_stack([found.column(name) for name in features]))


def test_values_that_may_not_be_seen_are_no_names() -> None:
    hidden = TABLE.model_copy(update={"show_values": ("region",)})
    encoding, _ = encoded(churn(), hidden)
    assert encoding.features[:6] == ("plan_1", "plan_2", "plan_3", "region_A", "region_B", "region_C")


def test_the_json_is_read_back_as_it_was() -> None:
    encoding, _ = encoded(churn())
    assert Encoding.read(encoding.content, "encoding.json") == encoding
    assert Encoding.read(encoding.content, "encoding.json").sha256 == encoding.sha256


@pytest.mark.parametrize(
    ("columns", "content", "said"),
    [
        ({"c": "category"}, "c,x,y\n?,1,0\nNA,2,1\n,3,0\n", "column 'c', a category, has no value"),
        ({"c": "category"}, "c,c_a,y\na,1,0\nb,2,1\na,3,0\n", "columns 'c', 'c_a' make a feature"),
        ({"c": {"kind": "category", "encode": "ordinal"}}, "c,y\na,0\n,1\na,0\n", "row 3, column 'c'\n"),
        ({"d": {"kind": "date", "parts": ["year"]}}, "d,y\n2020-01-01,0\n,1\n", "row 3, column 'd_year'\n"),
    ],
)  # fmt: skip
def test_a_table_that_makes_no_features_is_refused(
    columns: dict[str, object], content: str, said: str
) -> None:
    table = TableConfig.model_validate({"label": "y", "columns": columns, "show_values": True})
    data = read_table(io.BytesIO(content.encode()), table)
    with pytest.raises(DataError) as refused:
        encode_table(data, fit_rows(Rows(data, np.arange(data.rows)), table), "y")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"plan,age\nbasic,1\n", "column 'region' is there 0 times"),
        (b"plan,plan,region\n", "column 'plan' is there 2 times"),
    ],
)
def test_a_caller_without_the_models_columns_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        encode_csv(content, fitted(churn())[0])


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("fee", "much", "row 4, column 'fee'\nExpected: a cell is a number, or empty"),
        ("signup", "31.12.2020", "row 4, column 'signup'\nExpected: a cell is a date"),
        ("born", "2020-02-30", "row 4, column 'born'\nExpected: a cell is a date"),
    ],
)
def test_a_callers_cell_of_another_kind_is_refused(column: str, cell: str, said: str) -> None:
    frame = churn()
    encoding = fitted(frame)[0]
    frame.loc[2, column] = cell
    with pytest.raises(DataError) as refused:
        encode_csv(written(frame), encoding)
    assert said in str(refused.value)
