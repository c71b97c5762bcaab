"""How batch transform cuts and assembles: one rule a case."""

import pytest

from local_aws.errors import RecordTooLargeError
from local_aws.transform.batches import assemble, batches, split

LINES = b"1\n22\n333\n"


@pytest.mark.parametrize(
    ("content", "split_type", "largest", "one_each", "bodies"),
    [
        pytest.param(LINES, "None", 0, False, [LINES], id="whole-object"),
        pytest.param(LINES, "None", 9, True, [LINES], id="whole-object-is-one-record"),
        pytest.param(LINES, "Line", 0, True, [b"1", b"22", b"333"], id="a-line-each"),
        pytest.param(LINES, "Line", 0, False, [b"1\n22\n333"], id="all-lines-without-a-limit"),
        pytest.param(LINES, "Line", 8, False, [b"1\n22\n333"], id="all-lines-that-just-fit"),
        pytest.param(LINES, "Line", 7, False, [b"1\n22", b"333"], id="as-many-as-fit"),
        pytest.param(LINES, "Line", 3, False, [b"1", b"22", b"333"], id="newlines-count"),
        pytest.param(b"1\n22", "Line", 0, True, [b"1", b"22"], id="no-newline-at-the-end"),
        pytest.param(b"1\n\n2\n", "Line", 0, True, [b"1", b"", b"2"], id="an-empty-line-is-a-record"),
        pytest.param(b"", "Line", 5, False, [], id="nothing"),
        pytest.param(b"", "None", 5, False, [], id="nothing-at-all"),
    ],
)
def test_bodies(content: bytes, split_type: str, largest: int, one_each: bool, bodies: list[bytes]) -> None:
    requests = batches(split(content, split_type), largest, one_each=one_each)
    assert [b"\n".join(batch) for batch in requests] == bodies


@pytest.mark.parametrize(("split_type", "largest"), [("Line", 2), ("None", 8)])
def test_a_record_that_does_not_fit(split_type: str, largest: int) -> None:
    with pytest.raises(RecordTooLargeError, match="larger than MaxPayloadInMB"):
        list(batches(split(LINES, split_type), largest, one_each=False))


@pytest.mark.parametrize(
    ("answers", "assemble_with", "content"),
    [
        ([b"a", b"b\n", b"c"], "None", b"ab\nc"),
        ([b"a", b"b\n", b"c"], "Line", b"a\nb\nc\n"),
        ([], "Line", b""),
    ],
)
def test_assembled(answers: list[bytes], assemble_with: str, content: bytes) -> None:
    assert assemble(answers, assemble_with) == content
