"""How a refusal reads, and what of the error behind it is told."""

import logging

import pytest

from include.pipeline.errors import DataError


def refuse_number(text: str) -> None:
    try:
        int(text)
    except ValueError:
        raise DataError("row 3 is no number", "a row is a number", "Correct the row") from None


def test_it_is_three_labelled_lines() -> None:
    with pytest.raises(DataError) as refused:
        refuse_number("a secret")
    assert str(refused.value) == (
        "Found: row 3 is no number\nExpected: a row is a number\nTo do: Correct the row"
    )


def test_where_it_comes_from_is_told_at_level_debug_without_what_it_quotes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "include.pipeline.errors")
    with pytest.raises(DataError):
        refuse_number("a secret")
    (told,) = caplog.records
    assert told.levelno == logging.DEBUG
    assert "ValueError" in told.getMessage()
    assert "in refuse_number" in told.getMessage()
    assert "a secret" not in told.getMessage()


def test_what_has_nothing_behind_it_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "include.pipeline.errors")
    DataError("the table has no rows", "below the header stand rows", "Check the file")
    assert not caplog.records
