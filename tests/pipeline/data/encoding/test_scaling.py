"""Features of one scale without gaps, for algorithms that need them."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from include.pipeline.data.encoding.callers import encode_csv
from include.pipeline.data.encoding.encoded_rows import encode_table, fit_rows
from include.pipeline.data.encoding.record import Encoding
from include.pipeline.data.split import split_table
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from tests.pipeline.data.encoding.churn import TABLE, churn, written

FRAME = churn(rows=600, seed=5)


def fitted(frame: pd.DataFrame, table: TableConfig = TABLE) -> tuple[Encoding, Rows, Rows]:
    data = read_table(io.BytesIO(written(frame)), table)
    train, test = split_table(data, table, train_fraction=0.7, seed=1729)
    return fit_rows(train, table, is_scaled=True), train, test


def encoded(rows: Rows, encoding: Encoding) -> pd.DataFrame:
    table = encode_table(rows.table, encoding, TABLE.label)
    return pd.DataFrame({name: table.column(name)[rows.order] for name in encoding.features})


def test_features_are_those_of_scikit_learn_fitted_on_the_training_rows() -> None:
    encoding, train, test = fitted(FRAME)
    plain = fit_rows(train, TABLE)
    imputer, scaler = SimpleImputer(strategy="mean"), StandardScaler()
    raw, others = (encoded(rows, plain).to_numpy() for rows in (train, test))
    scaler.fit(raw)
    found, of_test = (encoded(rows, encoding)[list(plain.features)] for rows in (train, test))
    imputer.fit(raw)
    assert np.allclose(found, scaler.transform(imputer.transform(raw)), atol=1e-12)
    assert np.allclose(of_test, scaler.transform(imputer.transform(others)), atol=1e-12)
    assert not found.isna().any().any()


def test_where_most_of_a_row_is_to_be_0_the_columns_of_a_category_stay_as_they_are() -> None:
    plain, train, _ = fitted(FRAME)
    encoding = fit_rows(train, TABLE, is_scaled=True, is_sparse=True)
    marks = [name for name in encoding.features if name.startswith(("plan_", "region_"))]
    assert len(marks) == 8
    found, scaled = encoded(train, encoding), encoded(train, plain)
    others = [name for name in encoding.features if name not in marks]
    pd.testing.assert_frame_equal(found[others], scaled[others])
    raw = encoded(train, fit_rows(train, TABLE))
    kept = [name for name in marks if not name.endswith("_missing")]
    assert np.array_equal(found[kept], raw[kept].fillna(0))
    # A row without a value has 0 in all of them, and 1 where it says so.
    holes = FRAME.iloc[train.order]["plan"].isin(["", "?"]).to_numpy()
    assert found.loc[holes, [name for name in kept if name.startswith("plan")]].to_numpy().sum() == 0
    assert found["plan_missing"].tolist() == holes.astype(int).tolist()


def test_a_feature_says_where_a_column_was_missing_in_training() -> None:
    encoding, train, _ = fitted(FRAME)
    assert encoding.scaling is not None
    assert encoding.scaling.indicators == ("plan", "age", "calls", "signup")
    assert encoding.features[-4:] == ("plan_missing", "age_missing", "calls_missing", "signup_missing")
    found = encoded(train, encoding)
    holes = FRAME.iloc[train.order]
    assert found["age_missing"].tolist() == holes["age"].isin(["?", "NA"]).astype(int).tolist()
    assert found["plan_missing"].tolist() == holes["plan"].isin(["", "?"]).astype(int).tolist()


def test_no_figure_is_of_a_row_that_is_not_trained_on() -> None:
    encoding, _, test = fitted(FRAME)
    changed = FRAME.copy()
    changed.loc[test.order, ["age", "fee"]] = ["99999", "-77777.5"]
    changed.loc[test.order, "plan"] = "enterprise"
    assert fitted(changed)[0].sha256 == encoding.sha256
    changed.loc[0 if 0 not in test.order else int(fitted(FRAME)[1].order[0]), "fee"] = "12345"
    assert fitted(changed)[0].sha256 != encoding.sha256


def test_a_caller_gets_the_features_of_the_training_to_the_last_bit() -> None:
    encoding, _, test = fitted(FRAME)
    kept = Encoding.read(encoding.content, "encoding.json")
    assert kept == encoding
    body = encode_csv(written(FRAME.iloc[test.order].drop(columns="churned")), kept)
    sent = pd.read_csv(io.BytesIO(body), header=None, dtype="str").to_numpy(np.float64)
    assert sent.tobytes() == encoded(test, encoding).to_numpy(np.float64).tobytes()


def test_a_column_that_is_the_same_everywhere_is_0_and_not_divided_by_0() -> None:
    frame = FRAME.assign(calls="3")
    encoding, train, _ = fitted(frame)
    assert set(encoded(train, encoding)["calls"]) == {0.0}


def test_an_encoding_without_scaling_is_written_as_before() -> None:
    _, train, _ = fitted(FRAME)
    assert b"scaling" not in fit_rows(train, TABLE).content


def test_a_column_that_is_called_as_the_mark_of_another_is_refused() -> None:
    table = TABLE.model_copy(update={"columns": {**TABLE.columns}})
    frame = FRAME.assign(age_missing="1")
    with pytest.raises(DataError, match=r"columns 'age', 'age_missing' make a feature of one name"):
        fitted(frame, table)
