"""Dates as tables have them: each order of day, month and year, held against Python's own datetime."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.data.encoding.cells import NoDateError, days_of
from include.pipeline.documents.table.columns import DateOrder

LAYOUTS: dict[DateOrder, str] = {
    "year-month-day": "%Y{0}%m{0}%d",
    "day-month-year": "%d{0}%m{0}%Y",
    "month-day-year": "%m{0}%d{0}%Y",
}


@pytest.mark.parametrize("order", LAYOUTS)
@given(
    moment=st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 31)).map(lambda m: m.replace(microsecond=0)),  # noqa: DTZ001
    between=st.sampled_from("./-"),
    time=st.sampled_from(["", " %H:%M:%S", "T%H:%M"]),
    padded=st.booleans(),
)
def test_a_date_in_its_order_is_that_of_python(
    order: DateOrder, moment: datetime, between: str, time: str, padded: bool
) -> None:
    layout = LAYOUTS[order].format(between)
    cell = moment.strftime(layout if padded else layout.replace("%m", str(moment.month)))
    expected = datetime.strptime(moment.strftime(layout + time), layout + time).replace(tzinfo=UTC)
    (days,) = days_of(pa.array([cell + moment.strftime(time)]), order).to_pylist()
    assert days * 86_400 == pytest.approx(expected.timestamp(), abs=1e-3)


@pytest.mark.parametrize(
    ("cell", "order"),
    [
        ("31.02.2024", "day-month-year"),
        ("02/31/2024", "month-day-year"),
        ("2024-03-05", "day-month-year"),
        ("05.03.24", "day-month-year"),
        ("13/13/2024", "month-day-year"),
        ("27.11.2026 25:00", "day-month-year"),
        ("27.11.2026x", "day-month-year"),
        ("27.11.2026", None),
        ("no date", "day-month-year"),
    ],
)
def test_what_is_no_date_in_its_order_is_told_by_its_place(cell: str, order: DateOrder | None) -> None:
    good = {None: "2024-12-31", "day-month-year": "31.12.2024", "month-day-year": "12/31/2024"}[order]
    with pytest.raises(NoDateError) as caught:
        days_of(pa.array([good, None, cell, cell]), order)
    assert caught.value.place == 2
    assert caught.value.written.startswith("as 2026-11-27" if order is None else "as ")
