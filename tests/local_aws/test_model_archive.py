"""Model archives from anywhere are opened safely."""

import io
import tarfile
from pathlib import Path

import pytest

from include.local_aws.model_archive import BadArchiveError, extract
from tests.local_aws.test_endpoints import archive


def test_extracts_the_files(tmp_path: Path) -> None:
    extract(archive(**{"xgboost-model": b"model"}), tmp_path)
    assert (tmp_path / "xgboost-model").read_bytes() == b"model"


def link(target: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        member = tarfile.TarInfo("link")
        member.type = tarfile.SYMTYPE
        member.linkname = target
        packed.addfile(member)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(archive(**{"../outside": b"x"}), id="above"),
        pytest.param(link("/etc/passwd"), id="absolute-link"),
        pytest.param(link("../../outside"), id="relative-link"),
        pytest.param(b"no archive", id="no-archive"),
        pytest.param(b"", id="empty"),
        pytest.param(archive(a=bytes(100_000))[:60], id="cut-off"),
        pytest.param(archive(a=bytes(600), b=bytes(600)), id="too-large"),
    ],
)
def test_refuses(tmp_path: Path, content: bytes) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(BadArchiveError):
        extract(content, inside, largest=1000)
    assert [path for path in tmp_path.iterdir() if path != inside] == []
