"""Files that are no CSV, told by their first bytes, with how to make a CSV of each.

Signatures: https://en.wikipedia.org/wiki/List_of_file_signatures, and the formats' own specifications.
"""

import re
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from include.pipeline.errors import SourceError

# Enough for all that follows, the mark of a tar archive at 257 included.
_START = 4096


@dataclass(frozen=True)
class FileFormat:
    """What a file is instead of CSV."""

    name: str
    """With its article: `a zip archive`."""
    mend: str
    """How to make a CSV of it, as a sentence without its full stop."""
    encoding: str | None = None
    """Of text, as Python calls it."""


def _by_pandas(reader: str, ending: str) -> str:
    return (
        f"Make a CSV of it: python -c \"import pandas; pandas.{reader}('data.{ending}')"
        ".to_csv('data.csv', index=False)\""
    )


def _unpacked_by(command: str) -> str:
    return f"Unpack it: {command}"


def _encoded_in(encoding: str) -> FileFormat:
    return FileFormat(
        f"text in {encoding}",
        f"Save it as UTF-8: iconv -f {encoding} -t UTF-8 data.csv > utf8.csv",
        encoding=encoding,
    )


_NO_TABLE = "Use the URL of a CSV file"
PAGE_MEND = "Use the URL of the file itself; a login page or an expired link answers with a page in its place"

ZIP = FileFormat("a zip archive", _unpacked_by("unzip data.zip"))
GZIP = FileFormat("gzip", _unpacked_by("gunzip data.csv.gz"))
PARQUET = FileFormat("Parquet", _by_pandas("read_parquet", "parquet"))
JSON_LINES = FileFormat(
    "JSON Lines", _by_pandas("read_json", "jsonl").replace("jsonl')", "jsonl', lines=True)")
)
# Of what a zip archive holds, the formats that are such archives themselves.
_IN_ZIP: tuple[tuple[str, FileFormat], ...] = (
    (
        r"xl/.*",
        FileFormat(
            "an Excel workbook (.xlsx)",
            "Save its sheet in Excel as 'CSV UTF-8', or " + _by_pandas("read_excel", "xlsx").lower(),
        ),
    ),
    (
        r"content\.xml",
        FileFormat(
            "an OpenDocument file (.ods)", "Save its sheet as CSV in UTF-8, with a comma between cells"
        ),
    ),
    (r"word/.*", FileFormat("a Word document (.docx)", _NO_TABLE)),
    (r".*\.npy", FileFormat("a NumPy archive (.npz)", "Write its array with numpy.savetxt, below a header")),
)

_TEXT_START = rb"(?:\xef\xbb\xbf)?\s*"
_BY_START: tuple[tuple[bytes, FileFormat], ...] = (
    (rb"PK(?:\x03\x04|\x05\x06)", ZIP),
    (rb"\x1f\x8b", GZIP),
    (rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", FileFormat("bzip2", _unpacked_by("bunzip2 data.csv.bz2"))),
    (rb"\xfd7zXZ\0", FileFormat("xz", _unpacked_by("unxz data.csv.xz"))),
    (rb"\x28\xb5\x2f\xfd", FileFormat("Zstandard", _unpacked_by("unzstd data.csv.zst"))),
    (rb"\x04\x22\x4d\x18", FileFormat("LZ4", _unpacked_by("unlz4 data.csv.lz4"))),
    (rb"\xff\x06\0\0sNaPpY", FileFormat("Snappy", _unpacked_by("snzip -d data.csv.sz"))),
    (rb"\x1f[\x9d\xa0]", FileFormat("compress (.Z)", _unpacked_by("uncompress data.csv.Z"))),
    (rb"7z\xbc\xaf\x27\x1c", FileFormat("a 7-Zip archive", _unpacked_by("7z x data.7z"))),
    (rb"Rar!\x1a\x07", FileFormat("a RAR archive", _unpacked_by("unrar x data.rar"))),
    (rb"(?s).{257}ustar", FileFormat("a tar archive", _unpacked_by("tar -xf data.tar"))),
    (
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        FileFormat(
            "an Office file of before 2007, such as an Excel workbook (.xls)",
            "Save its sheet in Excel as 'CSV UTF-8'",
        ),
    ),
    (rb"PAR1", PARQUET),
    (rb"PARE", FileFormat("encrypted Parquet", "Write it without encryption")),
    (rb"ARROW1\0|FEA1", FileFormat("Arrow or Feather", _by_pandas("read_feather", "feather"))),
    (rb"ORC[^ -~\t\r]", FileFormat("ORC", _by_pandas("read_orc", "orc"))),
    (rb"Obj\x01", FileFormat("Avro", "Write its records as CSV, for example with fastavro and csv")),
    (rb"\x89HDF\r\n\x1a\n", FileFormat("HDF5", _by_pandas("read_hdf", "h5"))),
    (rb"SQLite format 3\0", FileFormat("an SQLite database", "Export the table: sqlite3 -csv -header")),
    (rb"\x93NUMPY", FileFormat("a NumPy array (.npy)", "Write it with numpy.savetxt, below a header")),
    (rb"\x80[\x02-\x05]", FileFormat("a Python pickle", "Load it where you trust it, and write it as CSV")),
    (rb"\$FL[23]@", FileFormat("SPSS", _by_pandas("read_spss", "sav"))),
    (rb"<stata_dta>|[\x71-\x73]\x02\x01\0", FileFormat("Stata", _by_pandas("read_stata", "dta"))),
    (rb"\0{12}\xc2\xea\x81\x60", FileFormat("SAS", _by_pandas("read_sas", "sas7bdat"))),
    (rb"RD[ABX][23]\n", FileFormat("R's data", "Write it in R with write.csv(data, row.names = FALSE)")),
    (rb"%PDF-", FileFormat("a PDF document", _NO_TABLE)),
    (rb"\{\\rtf", FileFormat("a rich text document", _NO_TABLE)),
    (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a", FileFormat("a picture", _NO_TABLE)),
    (
        rb"-----BEGIN PGP MESSAGE|age-encryption\.org/",
        FileFormat("an encrypted file", "Decrypt it: gpg --decrypt data.csv.asc > data.csv"),
    ),
    # Encodings of text. UTF-32's mark begins like UTF-16's.
    (rb"\xff\xfe\0\0|\0\0\xfe\xff", _encoded_in("UTF-32")),
    (rb"\xff\xfe|\xfe\xff", _encoded_in("UTF-16")),
    (rb"(?:[^\0]\0\0\0){3}", _encoded_in("UTF-32LE")),
    (rb"(?:\0\0\0[^\0]){3}", _encoded_in("UTF-32BE")),
    (rb"(?:[^\0]\0){4}", _encoded_in("UTF-16LE")),
    (rb"(?:\0[^\0]){4}", _encoded_in("UTF-16BE")),
    (rb"\0{16}", FileFormat("zeros, as of a file that was not written to its end", "Fetch the file again")),
    # Text of other kinds.
    (
        rb"version https://git-lfs\.github\.com/spec/",
        FileFormat(
            "a pointer of Git LFS, not the file", "Fetch the file with git lfs pull, or by its download URL"
        ),
    ),
    (
        rb"(?:\.\./)*(?:\.git|/)annex/objects/",
        FileFormat("a pointer of git-annex, not the file", "Fetch the file with git annex get"),
    ),
    (
        rb"(?:md5: [0-9a-f]+\s+)?outs:\s*\n\s*- ",
        FileFormat("a pointer of DVC, not the file", "Fetch the file with dvc pull"),
    ),
    (
        _TEXT_START + rb"(?:<\?xml[^>]*>\s*)?<Error>\s*<Code>",
        FileFormat("an error message of S3, not the file", "Look up its Code; a signed URL may have expired"),
    ),
    (
        _TEXT_START
        + rb"(?i:(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|script|meta)\b)",
        FileFormat("an HTML page", PAGE_MEND),
    ),
    (
        _TEXT_START + rb"(?:<\?xml|<!--|<!DOCTYPE|<[A-Za-z][^<>,;]*>\s*<)",
        FileFormat("XML", _by_pandas("read_xml", "xml")),
    ),
    (
        _TEXT_START + rb"\{[^\r\n]*\}[ \t]*\r?\n\s*\{",
        JSON_LINES,
    ),
    (
        _TEXT_START + rb"(?:\{\s*[\"}]|\[\s*(?:[\[{\"\]]|-?\d))",
        FileFormat("JSON", _by_pandas("read_json", "json")),
    ),
    (
        _TEXT_START + rb"(?:%[^\n]*\n\s*)*(?i:@relation)\s",
        FileFormat("ARFF", "Write the names as a header above its data"),
    ),
)
_COMPILED = tuple((re.compile(pattern), found) for pattern, found in _BY_START)


def recognise(file: BinaryIO) -> FileFormat | None:
    """Name what a file is, where its first bytes say that it is no CSV in UTF-8.

    Args:
        file: Seekable; it is left at its start.
    """
    file.seek(0)
    start = file.read(_START)
    file.seek(0)
    found = next((found for pattern, found in _COMPILED if pattern.match(start)), None)
    return _of_zip(file) if found is ZIP else found


def check_is_read(name: str, file: BinaryIO) -> None:
    """See that the pipeline takes what a file is.

    Args:
        name: Of the file, for the message.
        file: As for `recognise`.

    Raises:
        SourceError: It does not, by its first bytes.
    """
    found = recognise(file)
    if found is None or found in (ZIP, GZIP, PARQUET, JSON_LINES) or found.encoding is not None:
        return
    raise SourceError(f"{name} is {found.name}", "a source is CSV, Parquet or JSON Lines", found.mend)


def _of_zip(file: BinaryIO) -> FileFormat:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    # What is damaged is an archive all the same; zipfile lets out what its header makes it read.
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return ZIP
    finally:
        file.seek(0)
    return next(
        (found for pattern, found in _IN_ZIP if any(re.fullmatch(pattern, name) for name in names)), ZIP
    )
