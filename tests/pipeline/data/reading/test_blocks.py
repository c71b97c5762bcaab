"""A file cut into blocks of whole rows."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.pipeline.data.reading import blocks as module
from include.pipeline.data.reading.blocks import blocks
from include.pipeline.errors import DataError

HEADER = b"a,b\n"


def cut(content: bytes, most: int, monkeypatch: pytest.MonkeyPatch, longest: int = 1000) -> list[bytes]:
    monkeypatch.setattr(module, "_BLOCK_BYTES", most)
    monkeypatch.setattr(module, "_LONGEST_ROW", longest)
    return list(blocks(io.BytesIO(content)))


@pytest.mark.parametrize("header", [HEADER, b"\xef\xbb\xbfa,b\r\n", b"\n\r\na,b\r", b'"a","b"\n'])
def test_the_header_is_in_no_block(header: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    found = cut(header + b"1,2\n3,4\n", 100, monkeypatch)
    assert b"".join(found).strip() == b"1,2\n3,4"


@pytest.mark.parametrize("content", [b"", HEADER, b"a,b", HEADER + b"\n\r\n\n"])
def test_a_file_without_rows_has_no_block_with_a_row(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert b"".join(cut(content, 3, monkeypatch)).strip(b"\r\n") == b""


@given(
    rows=st.lists(st.lists(st.text("12", max_size=4), min_size=1, max_size=4).map(",".join), max_size=30),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    most=st.integers(1, 50),
)
def test_blocks_hold_every_row_whole(rows: list[str], end: str, most: int) -> None:
    content = HEADER + "".join(row + end for row in rows).encode()
    with pytest.MonkeyPatch.context() as monkeypatch:
        found = cut(content, most, monkeypatch)
    assert b"".join(found).strip() == content[len(HEADER) :].strip()
    for block in found[:-1]:
        assert block.endswith((b"\n", b"\r"))


@pytest.mark.parametrize("most", range(1, 40))
def test_a_cell_within_quotes_is_not_cut_where_it_has_a_line_break(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [b'1,"one\ntwo ""three""\n"\n', b"2,four\n", b'"5\n5",six\n', b"7,eight\n"]
    ends = {sum(map(len, rows[:count])) for count in range(len(rows) + 1)}
    size = 0
    for block in cut(HEADER + b"".join(rows), most, monkeypatch):
        size += len(block.lstrip(b"\n"))
        assert min(abs(size - end) for end in ends) <= 1  # the line end that the header leaves, or none
    assert size >= max(ends)


def test_a_single_quote_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = b"".join(b'%d,5" pipe\n' % at for at in range(500, 999, 2))
    found = cut(HEADER + rows, 64, monkeypatch, longest=256)
    assert b"".join(found).strip() == rows.strip()
    assert len(found) > 3


def test_a_row_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"a row does not end(?s:.*)at most 256 bytes"):
        cut(HEADER + b"1" * 400, 64, monkeypatch, longest=256)
