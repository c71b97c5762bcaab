"""How a file of text is written, told by what stands in it."""

import codecs
import csv
import io
import itertools
from dataclasses import dataclass
from typing import BinaryIO, Literal

_PIECE = 2**20
_LINES = 200
_DELIMITERS: tuple[Literal[",", ";", "\t", "|"], ...] = (",", ";", "\t", "|")


@dataclass(frozen=True)
class TextForm:
    """What was found."""

    encoding: str | None
    """None for UTF-8."""
    delimiter: Literal[",", ";", "\t", "|"]
    has_header: bool
    names: tuple[str, ...]
    """The header, or `column_1` and so on."""


def look_at_form(text: BinaryIO) -> TextForm:
    """Tell encoding, delimiter and header of a table.

    Args:
        text: Unpacked, in an encoding that has ASCII in it.
    """
    encoding = next((name for name in ("utf-8", "windows-1252") if _is_in(text, name)), "latin-1")
    text.seek(0)
    lines = io.TextIOWrapper(text, encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="")
    try:
        start = list(itertools.islice(filter(str.strip, lines), _LINES))
    finally:
        lines.detach()
    delimiter = max(_DELIMITERS, key=lambda one: _columns(start, one))
    first = next(csv.reader(start, delimiter=delimiter), [])
    # A column may be called 2026, but not each that is not a number's.
    has_header = not any(_is_number(cell) for cell in first)
    names = first if has_header else [f"column_{at}" for at, _ in enumerate(first, start=1)]
    return TextForm(None if encoding == "utf-8" else encoding, delimiter, has_header, tuple(names))


def _is_in(text: BinaryIO, encoding: str) -> bool:
    text.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while piece := text.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _columns(lines: list[str], delimiter: str) -> int:
    """Count the columns into which most lines fall as the first one does; 0 where they do not."""
    counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    # Decimal commas cut rows alike, and not the header.
    return counts[0] if counts and counts[0] > 1 and counts.count(counts[0]) * 10 >= len(counts) * 9 else 0


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
