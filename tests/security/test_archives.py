"""Whoever may replace a model's archive cannot hold up who opens it, nor write beside its folder."""

import contextlib
import gzip
import io
import tarfile
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.pipeline.history.model_archive import read_model
from local_aws.errors import BadArchiveError
from local_aws.storage.archive import extract
from tests.security import archives

pytestmark = pytest.mark.slow

SECONDS = 5


def packed(*files: tuple[str, bytes], form: int = tarfile.PAX_FORMAT, mtime: float = 0) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=form) as archive:
        for name, body in files:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(body), mtime
            archive.addfile(member, io.BytesIO(body))
    return content.getvalue()


GOOD = packed(("code/notes.txt", b"notes"), ("xgboost-model", b"a model" * 100), mtime=1.5)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(archives.slow, id="a header that takes a time by the square"),
        pytest.param(partial(archives.crowded, 300_000), id="300,000 members"),
    ],
)
def test_a_small_archive_holds_nobody_up(make: Callable[[], bytes], tmp_path: Path) -> None:
    archive = make()
    begun = time.process_time()
    assert read_model(archive) is None
    with pytest.raises(BadArchiveError):
        extract(archive, tmp_path)
    assert time.process_time() - begun < SECONDS


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    folder, victim = tmp_path / "model", tmp_path / "victim"
    folder.mkdir()
    victim.write_text("good")
    with pytest.raises(BadArchiveError):
        extract(archives.escaping("victim", b"evil"), folder)
    assert victim.read_text() == "good"
    assert not [path for path in folder.rglob("*") if path.is_symlink()]


def test_the_model_is_one_file_and_no_link() -> None:
    link = tarfile.TarInfo("xgboost-model")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
    assert read_model(gzip.compress(link.tobuf() + bytes(1024))) is None


def test_of_two_models_none_is_taken() -> None:
    # A container takes the last of a name, a reader perhaps the first.
    assert read_model(gzip.compress(packed(("xgboost-model", b"one"), ("./xgboost-model", b"other")))) is None


@pytest.mark.parametrize("header", [b"27 path=./xgboost-model\n", b"10 size=9\n"], ids=["name", "size"])
def test_a_header_does_not_make_another_file_the_model(header: bytes) -> None:
    pax = tarfile.TarInfo("pax")
    pax.type, pax.size = tarfile.XHDTYPE, len(header)
    hidden = pax.tobuf() + header.ljust(512, b"\0") + packed(("other", b"evil"))
    assert read_model(gzip.compress(packed(("xgboost-model", b"good"))[:1024] + hidden)) is None


def test_what_is_beside_the_model_is_not_kept_in_memory() -> None:
    archive = archives.bomb(64 * 1024**2)
    tracemalloc.start()
    try:
        assert read_model(archive) is None
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024**2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_archives_of_every_form_are_read(form: int, tmp_path: Path) -> None:
    long = f"{'folder/' * 30}{'n' * 60}ä" if form != tarfile.USTAR_FORMAT else "a"
    archive = gzip.compress(packed((long, b"x"), ("./xgboost-model", b"model"), form=form, mtime=1.5))
    assert read_model(archive) == b"model"
    extract(archive, tmp_path)
    assert (tmp_path / "xgboost-model").read_bytes() == b"model"
    assert (tmp_path / long).read_bytes() == b"x"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_mutants_are_read_or_refused_and_stay_in_their_folder(changes: list[tuple[int, int]]) -> None:
    mutant = bytearray(GOOD)
    for at, value in changes:
        mutant[at] = value
        # A header's checksum is made good, or nearly no mutant would be looked into.
        start = at - at % 512
        if mutant[start + 257 : start + 262] == b"ustar":
            mutant[start + 148 : start + 156] = b" " * 8
            mutant[start + 148 : start + 156] = b"%06o\0 " % sum(mutant[start : start + 512])
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "model"
        folder.mkdir()
        archive = gzip.compress(bytes(mutant))
        found = read_model(archive)
        assert found is None or len(found) <= len(GOOD)
        with contextlib.suppress(BadArchiveError):
            extract(archive, folder)
        assert list(Path(outer).iterdir()) == [folder]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000))
def test_anything_at_all_is_read_or_refused(content: bytes) -> None:
    assert read_model(gzip.compress(content)) is None
    with tempfile.TemporaryDirectory() as folder, pytest.raises(BadArchiveError):
        extract(gzip.compress(b"\x01" + content), Path(folder))
