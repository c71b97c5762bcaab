"""Model archives from anywhere are opened safely."""

import gzip
import zlib
from pathlib import Path

import pytest

from local_aws.errors import BadArchiveError, LargeArchiveError
from local_aws.storage.archive import extract
from tests.local_aws.hosting.model_archives import announcing, archive, link

GOOD = archive(a=bytes(3000), b=b"model")


def broken_off(content: bytes, length: int) -> bytes:
    """Compresses the first bytes of some content; what follows is no compressed data."""
    compressor = zlib.compressobj(wbits=31)
    return compressor.compress(content[:length]) + compressor.flush(zlib.Z_FULL_FLUSH) + b"\x07" * 100


def test_extracts_the_files(tmp_path: Path) -> None:
    extract(GOOD, tmp_path)
    assert (tmp_path / "a").read_bytes() == bytes(3000)
    assert (tmp_path / "b").read_bytes() == b"model"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(archive(**{"../outside": b"x"}), id="above"),
        pytest.param(link("/etc/passwd"), id="absolute-link"),
        pytest.param(link("../../outside"), id="relative-link"),
        pytest.param(b"no archive", id="no-archive"),
        pytest.param(b"", id="empty"),
        pytest.param(gzip.decompress(GOOD), id="not-compressed"),
        pytest.param(gzip.compress(b"no archive"), id="no-tar"),
        pytest.param(GOOD[:60], id="cut-off"),
        pytest.param(broken_off(gzip.decompress(GOOD), 1024), id="broken-off-in-a-file"),
        pytest.param(GOOD[:-8] + bytes(4) + GOOD[-4:], id="other-checksum"),
    ],
)
def test_refuses(tmp_path: Path, content: bytes) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(BadArchiveError):
        extract(content, inside)
    assert [path for path in tmp_path.iterdir() if path != inside] == []


@pytest.mark.parametrize("content", [GOOD, announcing(1001)], ids=["in-all", "announced"])
def test_refuses_more_than_it_may_hold(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LargeArchiveError, match="it holds more than 1000 bytes"):
        extract(content, tmp_path, largest=1000)
