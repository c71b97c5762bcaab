"""Tables through the container's own reading of files and requests: what passes the split trains and serves.

Local AWS's container code, in this process: the calls of AWS's image, on the same XGBoost.
"""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from include.pipeline.aws.request_limits import MAX_BODY_BYTES
from include.pipeline.data.parts import check_row_bytes
from include.pipeline.data.split import hold_out_validation, split_table
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.objects import write_split
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from include.pipeline.evaluation.scoring import batches
from local_aws.algorithms.xgboost.library import xgboost
from local_aws.algorithms.xgboost.request_data import parse
from local_aws.algorithms.xgboost.training_data import read_matrix

TABLE = TableConfig(show_values=True, label="y")
ROWS = 40
# The rows of each part, by numpy alone.
ORDER = np.random.RandomState(1729).choice(ROWS, size=ROWS, replace=False).tolist()
TRAIN, VALIDATION = set(ORDER[:23]), set(ORDER[23:28])

pytestmark = pytest.mark.filterwarnings("ignore")  # XGBoost's, of reading from files


def table(cells: Callable[[int], str], names: str = "a,b") -> bytes:
    """A table of forty rows: the cells of each, and its label."""
    rows = "".join(f"{cells(row)},{row % 2}\n" for row in range(ROWS))
    return f"{names},y\n{rows}".encode()


def trained_and_served(content: bytes, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Do all that a run does with a table, and return what the model was trained on and what was meant."""
    frame = read_table(io.BytesIO(content), TABLE)
    train, test = split_table(frame, TABLE, train_fraction=0.7, seed=1729)
    train, held = hold_out_validation(train, TABLE, 0.2)
    write_split(train, test, TABLE, folder, validation=held)
    (folder / "held").mkdir()
    (folder / "validation.csv").rename(folder / "held" / "validation.csv")
    matrices = [(read_matrix({name: folder / name}, "csv"), name) for name in ("train", "held")]
    booster = xgboost.train(
        {"objective": "binary:logistic"}, matrices[0][0], 2, evals=matrices, verbose_eval=False
    )
    with (folder / "features.csv").open("rb") as lines:
        for batch in batches(lines, MAX_BODY_BYTES):
            scores = booster.predict(parse(b"".join(batch), "text/csv"), validate_features=False)
            assert len(scores) == len(batch)
    meant = np.column_stack([train.column(name) for name in frame.names if name != "y"]).astype(np.float32)
    return _cells(matrices[0][0], meant.shape), meant


def _cells(matrix: Any, shape: tuple[int, int]) -> np.ndarray:
    found = matrix.get_data().tocoo()
    cells = np.full(shape, np.nan, dtype=np.float32)
    cells[found.row, found.col] = found.data
    return cells


GOOD = {
    "one feature": table(lambda row: f"{row}", "a"),
    "one feature with a point": table(lambda row: f"{row * 0.37:.2f}", "a"),
    "one feature below 0": table(lambda row: f"-{row}.5", "a"),
    "one value": table(lambda row: f"{row},7"),
    "nothing but zeros": table(lambda _: "0,-0"),
    "rows without a value": table(lambda row: "," if row % 5 == 0 else f"{row},1"),
    "a value in one training row": table(lambda row: f"{row},{5 if row in {ORDER[3], ORDER[25]} else ''}"),
    "signs, points and exponents": table(lambda row: f"+{row},.{row}e1"),
    "blanks": table(lambda row: f" {row} ,\t{row}"),
    "quotes": table(lambda row: f'"{row}","{row}.5"'),
    "a byte order mark and DOS line ends": b"\xef\xbb\xbf"
    + table(lambda row: f"{row},{row}").replace(b"\n", b"\r\n"),
    "old Mac line ends": table(lambda row: f"{row},{row}").replace(b"\n", b"\r"),
    "milliseconds since 1970": table(lambda row: f"{1_700_000_000_000 + row * 86_400_000},{row}"),
    "a large whole sentinel": table(lambda row: f"{9_000_000_000_000_000_000 if row % 3 else row},{row}"),
    "spellings of no value": table(lambda row: f"{['NA', 'NAN', 'NULL'][row % 3] if row % 2 else row},1"),
    "no value of the last in validation rows": table(lambda row: f"{row},{'' if row in VALIDATION else 5}"),
    "many columns": table(lambda row: f"{row}," * 500 + "1", ",".join(f"x{at}" for at in range(501))),
    "a cell of more than a megabyte": table(lambda row: f"{row},0.{'1' * (2_000_000 if row == 3 else 9)}"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_a_table_that_is_not_refused_trains_on_its_own_values_and_is_served(
    content: bytes, tmp_path: Path
) -> None:
    found, meant = trained_and_served(content, tmp_path)
    np.testing.assert_array_equal(found, meant)


@pytest.mark.slow
def test_fractions_and_the_largest_and_smallest_numbers_are_rounded_to_neighbours(tmp_path: Path) -> None:
    values = [3.4e38, -3.4e38, 1.2e-38, 1.4e-14, 1.2345e-7, 123.456, 1 / 3, 5e20, 1.5e25, 0.1, 2e-38]
    content = table(lambda row: f"{values[row % len(values)]!r},{row / 7!r}")
    found, meant = trained_and_served(content, tmp_path)
    np.testing.assert_array_max_ulp(found, meant, maxulp=4)


EMPTY = {
    "the last, everywhere": (lambda row: f"{row},", "column 'b' has a value in no row\n"),
    "the last, in training rows": (
        lambda row: f"{row},{'' if row in TRAIN else 5}",
        f"in none of its 23 training rows, though in row {min(set(ORDER) - TRAIN) + 2}\n",
    ),
    "the last, but in one test row": (
        lambda row: f"{row},{5 if row == ORDER[-1] else ''}",
        f"column 'b' has a value in none of its 23 training rows, though in row {ORDER[-1] + 2}\n",
    ),
    "the first": (lambda row: f"{'' if row in TRAIN else 5},{row}", "column 'a' has a value in none of"),
    "both": (lambda _: ",", "column 'a' has a value in no row (likewise 'b')\nExpected: each feature has"),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "said"), EMPTY.values(), ids=EMPTY)
def test_a_feature_without_a_value_where_xgboost_needs_one_is_refused(
    cells: Callable[[int], str], said: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as refused:
        trained_and_served(table(cells), tmp_path)
    assert said in str(refused.value)
    assert not list(tmp_path.rglob("train*.csv"))


@pytest.mark.slow
@pytest.mark.parametrize("filled", [VALIDATION, set(ORDER[28:]), {ORDER[-1]}])
def test_that_is_what_xgboost_does_not_take(
    filled: set[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("include.pipeline.data.writing.objects.check_features", lambda *_: None)
    with pytest.raises(xgboost.core.XGBoostError, match="Number of columns does not match"):
        trained_and_served(table(lambda row: f"{row},{5 if row in filled else ''}"), tmp_path)


@pytest.mark.parametrize("label_first", [False, True])
@pytest.mark.parametrize("at", [0, 1, 4])
def test_a_row_that_no_request_holds_is_refused(label_first: bool, at: int, tmp_path: Path) -> None:
    label = "1," if label_first else ""
    lines = [f"{label}{'1,' * (50 if row == at else 49)}2\n" for row in range(5)]
    (tmp_path / "rows.csv").write_text("".join(lines))
    index = np.array([7, 30, 2, 9, 11])
    check_row_bytes(tmp_path / "rows.csv", index, 102, label_first=label_first)
    with pytest.raises(DataError) as refused:
        check_row_bytes(tmp_path / "rows.csv", index, 101, label_first=label_first)
    assert refused.value.found == f"row {index[at] + 2} has 102 bytes in 51 features"


@pytest.mark.parametrize("longest", [ORDER[25], ORDER[-1]])
@pytest.mark.parametrize("room", [0, 1])
def test_validation_and_test_rows_are_held_to_the_limit_of_a_request(
    longest: int, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = table(lambda row: f"{row},{'1234567.25' if row == longest else 1}")
    monkeypatch.setattr(
        "include.pipeline.data.writing.objects.MAX_BODY_BYTES", len(f"{longest},1234567.25\n") - 1 + room
    )
    if room:
        trained_and_served(content, tmp_path)
        return
    with pytest.raises(DataError) as refused:
        trained_and_served(content, tmp_path)
    assert refused.value.found == f"row {longest + 2} has {len(str(longest)) + 12} bytes in 2 features"
