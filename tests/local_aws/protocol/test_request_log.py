"""Lines of the log hold what they are given, and nothing that a terminal acts on."""

import logging

import pytest

from local_aws.protocol.request_log import OneLine


def line(message: str, *arguments: object, exception: BaseException | None = None) -> str:
    information = (type(exception), exception, exception.__traceback__) if exception else None
    record = logging.LogRecord("local_aws", logging.INFO, "", 0, message, arguments, information)
    return OneLine("%(message)s").format(record)


def test_text_stays_as_it_is() -> None:
    assert line("%s %s ä €", "GET", "/bücket") == "GET /bücket ä €"


@pytest.mark.parametrize(
    "character", ["\n", "\r", "\x1b", "\x00", "\x7f", "\x85", "\x9b", "\u2028", "\t", "\x0b"]
)
def test_control_characters_are_shown_by_their_numbers(character: str) -> None:
    written = line("%s", f"a{character}b")
    assert character not in written
    assert written == f"a{character.encode('unicode_escape').decode()}b"


def test_no_line_of_a_traceback_looks_like_a_record() -> None:
    try:
        int("first\n2026-11-26 forged \x1b[31m")
    except ValueError as error:
        # int() quotes what it is given; other faults do not.
        written = line("it failed", exception=ValueError(f"{error}\n2026-11-26 forged \x1b[31m"))
    first, *others = written.split("\n")
    assert first == "it failed"
    assert others
    assert all(one.startswith("  | ") for one in others)
    assert "\x1b" not in written
