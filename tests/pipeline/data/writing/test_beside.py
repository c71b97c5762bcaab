"""Columns beside the features: what test rows hold of them, and what is refused before a job is bought."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from include.pipeline.data.table import read_table
from include.pipeline.data.writing.beside import read_groups, read_identifiers, write_beside
from include.pipeline.data.writing.rows import Rows
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError

TABLE = {"label": "y", "show_values": True, "drop": ["sex", "born"], "columns": {"id": "identifier"}}
FILE = b'id,sex,born,x,y\nA, f,1950,1,0\nB,m,,2,1\nC,?,1980.5,3,0\nD,"d, x",-1e3,4,1\n'


def table_of(**groups: tuple[float, ...]) -> TableConfig:
    return TableConfig.model_validate(TABLE | {"groups": groups})


def test_the_test_rows_have_them_in_their_order_without_what_stands_for_no_value(tmp_path: Path) -> None:
    table = table_of(sex=(), born=(1970,), x=(2,))
    found, path = read_groups(io.BytesIO(FILE), table, 4), tmp_path / "groups.csv"
    assert found is not None
    write_beside(found, Rows(read_table(io.BytesIO(FILE), table, tmp_path), np.array([3, 2, 0])), path)
    written = pd.read_csv(path, keep_default_na=False, dtype=str)
    assert list(written) == ["sex", "born"], "x is a feature"
    assert written["sex"].tolist() == ["d, x", "", "f"]
    assert [float(cell) for cell in written["born"]] == [-1000, 1980.5, 1950]


def test_a_table_that_needs_none_has_none() -> None:
    table = TableConfig.model_validate({"label": "y", "drop": ["sex"], "groups": {"x": [2]}})
    assert read_groups(io.BytesIO(FILE), table, 4) is None
    assert read_identifiers(io.BytesIO(FILE), table, 4) is None


@pytest.mark.parametrize("cell", ["old", "1950-01-01", "1,5", "0x10", "1e9999", "nineteen", "--1", "1 950"])
def test_text_in_a_column_that_is_cut_is_refused_with_its_row(cell: str) -> None:
    file = FILE.replace(b"1980.5", f'"{cell}"'.encode())
    with pytest.raises(DataError) as refused:
        read_groups(io.BytesIO(file), table_of(born=(1970,)), 4)
    assert "'born' has no number in row 4" in refused.value.found
    assert cell not in str(refused.value)


def test_a_column_that_is_absent_is_refused_by_its_name() -> None:
    table = TableConfig.model_validate(TABLE | {"drop": ["gender"], "groups": {"gender": []}})
    with pytest.raises(DataError, match="'gender', by which figures are told, is absent"):
        read_groups(io.BytesIO(FILE), table, 4)
