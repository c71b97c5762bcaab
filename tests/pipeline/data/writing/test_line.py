"""Sides by the label's shares, by time and by group; those by hash are in `test_sides`."""

import io
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.pipeline.data.encoding.encoded_rows import encode_table, fit_rows
from include.pipeline.data.table import read_table
from include.pipeline.data.writing.line import places_on_the_line
from include.pipeline.data.writing.rows import Rows
from include.pipeline.data.writing.sides import split_by_place
from include.pipeline.documents.split import Sides
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.errors import DataError

RANDOM = np.random.default_rng(8)


def table(**fields: Any) -> TableConfig:
    return TableConfig.model_validate({"label": "y", "show_values": True} | fields)


STRATIFIED = table(split="stratified")
BY_GROUP = table(split="group", key="who", drop=["who"])
BY_DAY = table(split="time", time="day", columns={"day": {"kind": "date", "parts": []}})
BY_NUMBER = table(split="time", time="day")
BY_DROPPED = table(split="time", time="day", drop=["day"])

BY_DAY_AS_KEY = table(split="group", key="day", drop=["day"])


def split(
    frame: pd.DataFrame, config: TableConfig, *, validation: float = 0.0, seed: int = 1729
) -> tuple[list[Rows], Sides]:
    """Split a table, whose column `at` numbers its rows."""
    file = io.BytesIO(frame.to_csv(index=False).encode())
    data = read_table(file, config)
    line = places_on_the_line(data, file, config, seed)
    fractions = {"train_fraction": 0.7, "validation_fraction": validation}
    sides = split_by_place(data, line, config, seed=seed, **fractions)
    return list(sides), line.sides(sides[0], sides[2])


def numbers(side: Rows) -> set[int]:
    return set(side.column("at").tolist())


def made(rows: int, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"at": np.arange(rows), **columns, "y": np.arange(rows) % 5 == 0}).astype({"y": int})


@settings(deadline=None, max_examples=20)
@given(st.integers(8, 60), st.integers(8, 200), st.integers(0, 2**32 - 1))
def test_stratified_sides_have_equal_shares_of_the_label(positives: int, others: int, seed: int) -> None:
    labels = np.repeat([1, 0], [positives, others])
    frame = pd.DataFrame({"at": np.arange(len(labels)), "y": labels})
    (train, validation, test), _ = split(frame, STRATIFIED, validation=0.2, seed=seed)
    assert numbers(train) | numbers(validation) | numbers(test) == set(range(len(labels)))
    assert len(train) + len(validation) + len(test) == len(labels)
    for value, count in ((1, positives), (0, others)):
        for side, share in ((train, 0.56), (validation, 0.14), (test, 0.3)):
            assert abs((side.column("y") == value).sum() - share * count) <= 1


def test_stratified_sides_are_shuffled_and_another_seed_gives_others() -> None:
    one, same, other = (split(made(500), STRATIFIED, seed=seed)[0][0] for seed in (1, 1, 2))
    assert one.order.tolist() == same.order.tolist()
    assert one.order.tolist() != sorted(one.order)
    assert numbers(one) != numbers(other)


def test_the_newest_rows_are_tested_and_the_newest_of_the_others_validate() -> None:
    days = RANDOM.permutation(1000)
    frame = made(1000, day=[date(2020, 1, 1) + timedelta(days=int(day)) for day in days])
    (train, validation, test), sides = split(frame, BY_DAY, validation=0.2)
    assert numbers(test) == set(np.flatnonzero(days >= 700))
    assert numbers(validation) == set(np.flatnonzero((days >= 560) & (days < 700)))
    assert numbers(train) == set(np.flatnonzero(days < 560))
    assert train.order.tolist() != sorted(train.order)
    assert str(sides) == "the newest rows by day are tested, from 2021-12-01 on"


@pytest.mark.parametrize("config", [BY_NUMBER, BY_DROPPED], ids=["a feature", "dropped"])
def test_a_time_may_be_a_number(config: TableConfig) -> None:
    hours = RANDOM.permutation(100) * 0.5
    (_, _, test), sides = split(made(100, day=hours), config)
    assert numbers(test) == set(np.flatnonzero(hours >= 35))
    assert sides == Sides(by="time", column="day", tested_from="35")


def test_rows_of_one_time_are_on_one_side() -> None:
    years = np.repeat([2021, 2022, 2023, 2024], [30, 30, 30, 10])
    (train, _, test), sides = split(made(100, day=years), BY_NUMBER)
    assert set(train.column("day")) == {2021, 2022}
    assert set(test.column("day")) == {2023, 2024}
    assert sides.tested_from == "2023"


def test_a_time_that_may_not_be_seen_is_not_told() -> None:
    hidden = BY_NUMBER.model_copy(update={"show_values": ("at",)})
    _, sides = split(made(100, day=np.arange(100)), hidden)
    assert str(sides) == "the newest rows by day are tested"


def test_a_moment_is_told_with_its_time() -> None:
    moments = [f"2026-01-01 {at // 60:02}:{at % 60:02}" for at in range(100)]
    _, sides = split(made(100, day=moments), BY_DAY)
    assert sides.tested_from == "2026-01-01 01:10:00"


def test_all_rows_of_a_key_are_on_one_side() -> None:
    machines = RANDOM.integers(0, 100, 3000)
    frame = made(3000, who=[f"m{machine}" for machine in machines])
    (train, validation, test), sides = split(frame, BY_GROUP, validation=0.2)
    of_sides = [set(machines[side.order]) for side in (train, validation, test)]
    assert sum(map(len, of_sides)) == len(set().union(*of_sides)) == 100
    shares = [len(side) / 3000 for side in (train, validation, test)]
    assert shares == pytest.approx([0.56, 0.14, 0.3], abs=0.02)
    assert (sides.train_groups, sides.test_groups) == (len(of_sides[0]), len(of_sides[2]))


def test_where_rows_stand_in_the_file_does_not_change_their_sides_by_group() -> None:
    frame = made(300, who=[f"m{at % 30}" for at in range(300)])
    turned = frame.iloc[::-1]
    for side, same in zip(split(frame, BY_GROUP)[0], split(turned, BY_GROUP)[0], strict=True):
        assert numbers(side) == numbers(same)
    other = split(frame, BY_GROUP, seed=3)[0][0]
    assert numbers(split(frame, BY_GROUP)[0][0]) != numbers(other)


@pytest.mark.parametrize(
    ("config", "cells", "said"),
    [
        (BY_DAY, ["2026-01-01", "", "2026-01-03"], "column 'day', the time, is empty in row 3"),
        (BY_NUMBER, ["1", "2", ""], "column 'day', the time, is empty in row 4"),
        (BY_DROPPED, ["1", "NA", "3"], "column 'day', the time, is empty in row 3"),
        (BY_DAY, ["2026-01-01"] * 3, "column 'day', the time, is the same in every row"),
        (BY_DROPPED, ["7", "7", "7"], "column 'day', the time, is the same in every row"),
        (BY_DROPPED, ["2026-01-01", "2026-01-02", "2026-01-03"], r"day: {kind: date, parts: \[\]}"),
        (BY_DAY_AS_KEY, ["a", "a", "a"], "'day', the key, has the same value"),
        (BY_DAY_AS_KEY, ["a", "", "b"], "'day', the key, is empty in row 3"),
        (table(split="group", key="dya"), ["1", "2", "3"], "'dya', the key, is absent(?s:.*)close: day"),
        (table(split="time", time="dya"), ["1", "2", "3"], "'dya', the time, is absent(?s:.*)close: day"),
        # The newest two are one time, and the middle of all.
        (BY_NUMBER, ["1", "9", "9"], "(?s:train|test) has 0 of 1 rows with y = 1"),
    ],
)
def test_a_row_that_has_no_side_is_refused(config: TableConfig, cells: list[str], said: str) -> None:
    frame = made(3, day=cells)
    with pytest.raises(DataError, match=said):
        split(frame, config)


def test_a_date_for_the_split_alone_is_no_feature() -> None:
    frame = made(50, day=[date(2026, 1, 1) + timedelta(days=at) for at in range(50)])
    (train, _, _), _ = split(frame, BY_DAY)
    encoding = fit_rows(train, BY_DAY)
    assert encoding.features == ("at",)
    assert [column.name for column in encoding.columns] == ["at"]
    assert encode_table(train.table, encoding, "y").names == ("y", "at")
