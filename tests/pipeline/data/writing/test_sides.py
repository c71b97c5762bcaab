import hashlib
import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from include.pipeline.aws.object_store import read_object
from include.pipeline.data.split import split_to_s3
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.line import places_on_the_line
from include.pipeline.data.writing.sides import split_by_place
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError
from tests.pipeline.data.tables import stored
from tests.pipeline.planned import plan_of
from tests.pipeline.report.example import contents_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BY_ROW = TableConfig(show_values=True, label="y", split="hash")
BY_KEY = TableConfig(show_values=True, label="y", split="hash", key="who", drop=("who",))
RANDOM = np.random.default_rng(3)


def text_of(rows: range) -> bytes:
    """Two rows of each customer."""
    return b"who,x,y\n" + b"".join(b"c%d,%d,%d\n" % (at // 2, at, at % 3 == 0) for at in rows)


def sides(content: bytes, table: TableConfig, **changed: float) -> list[pd.DataFrame]:
    file = io.BytesIO(content)
    data = read_table(file, table)
    line = places_on_the_line(data, file, table, 1729)
    fractions = {"train_fraction": 0.7, "validation_fraction": 0.0} | changed
    found = split_by_place(data, line, table, seed=1729, **fractions)
    return [pd.DataFrame({name: side.column(name) for name in data.names}) for side in found]


def test_a_key_keeps_its_side_whatever_is_added() -> None:
    before, after = (
        sides(text_of(range(first, 2000)), BY_KEY, validation_fraction=0.2) for first in (600, 0)
    )
    for side, same in zip(before, after, strict=True):
        assert set(side["x"]) == {x for x in same["x"] if x >= 600}
    customers = [set(side["x"] // 2) for side in after]
    assert sum(map(len, customers)) == 1000
    assert len(set().union(*customers)) == 1000
    assert [len(each) / 1000 for each in customers] == pytest.approx([0.56, 0.14, 0.3], abs=0.05)


def test_without_a_key_equal_features_are_on_one_side_whatever_their_label() -> None:
    values = RANDOM.integers(0, 300, 2000)
    lines = b"".join(b"%d,%d\n" % (x, RANDOM.random() < 0.4) for x in values)
    train, validation, test = sides(b"x,y\n" + lines, BY_ROW)
    assert len(train) + len(test) == 2000
    assert len(validation) == 0
    assert not set(train["x"]) & set(test["x"])


def test_a_row_is_the_same_whether_its_column_has_a_fraction_elsewhere() -> None:
    lines = b"".join(b"%d,%d\n" % (x, x % 3 == 0) for x in range(500))
    whole = sides(b"x,y\n" + lines, BY_ROW)[0]
    with_fraction = sides(b"x,y\n" + lines + b"0.5,1\n", BY_ROW)[0]
    assert set(whole["x"]) <= set(with_fraction["x"])


def test_another_seed_gives_other_sides() -> None:
    file = io.BytesIO(text_of(range(100)))
    data = read_table(file, BY_KEY)
    one, same, other = (places_on_the_line(data, file, BY_KEY, seed).places for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).all()
    assert (one[::2] == one[1::2]).all()  # both rows of a customer


def test_places_are_those_of_blake2b() -> None:
    file = io.BytesIO(text_of(range(4)))
    found = places_on_the_line(read_table(file, BY_KEY), file, BY_KEY, 7).places
    # printf '7:c0' | b2sum --length 64
    assert found[0] == int("156b05a79c527f9d", 16) / 2**64


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x,y\n1,0\n2,1\n", "column 'who', the key, is absent"),
        (b"who,x,y\na,1,0\n,2,1\n", "column 'who', the key, is empty in row 3"),
    ],
)
def test_a_row_without_a_key_is_refused(content: bytes, said: str) -> None:
    table = TableConfig(show_values=True, label="y", split="hash", key="who")
    data = stored(pd.DataFrame({"x": [1.0, 2.0], "y": [0, 1]}))
    with pytest.raises(DataError, match=said):
        places_on_the_line(data, io.BytesIO(content), table, 1)


def test_a_side_with_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="train_fraction"):
        sides(b"who,x,y\n" + b"a,1,0\nb,2,1\n", BY_KEY)


def test_the_sides_go_where_the_plan_says(s3: "S3Client") -> None:
    plan = plan_of({"bucket": "bucket", "validation_fraction": 0.2})
    table = plan.table.model_copy(update={"split": "hash", "key": "who", "drop": ("who", "y_no")})
    raw = b"who,age,y_no,y_yes\n" + b"".join(
        b"c%d,%d,%d,%d\n" % (i // 3, i, i % 2, 1 - i % 2) for i in range(300)
    )
    s3.put_object(Bucket="bucket", Key="raw.csv", Body=raw)
    source = contents_of().raw.model_copy(
        update={"uri": "s3://bucket/raw.csv", "sha256": hashlib.sha256(raw).hexdigest()}
    )
    split = split_to_s3(s3, source, plan.model_copy(update={"table": table}))
    files = {
        "train": f"{plan.locations.train}train.csv",
        "validation": plan.locations.validation,
        "test": plan.locations.test_features,
    }
    ages = {
        name: [line.split(b",")[-1] for line in read_object(s3, uri).splitlines()]
        for name, uri in files.items()
    }
    assert {name: len(found) for name, found in ages.items()} == {
        "train": split.train_rows,
        "validation": split.validation_rows,
        "test": split.test_rows,
    }
    customers = [{int(age) // 3 for age in found} for found in ages.values()]
    assert sum(map(len, customers)) == len(set().union(*customers)) == 100
