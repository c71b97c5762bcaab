"""Files that are no CSV: each is named, with how to make a CSV of it."""

import bz2
import gzip
import io
import json
import lzma
import pickle
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet
import pytest

from include.pipeline.source.file_format import recognise

CSV = b"age,y\n" + b"".join(b"%d,%d\n" % (age, age % 2) for age in range(20, 60))
TABLE = pa.table({"age": [31, 42], "y": [0, 1]})
FRAME = TABLE.to_pandas()


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, CSV)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("bank.csv"))
    return file.getvalue()


def written(write: object, *args: object) -> bytes:
    file = io.BytesIO()
    write(*args, file)  # type: ignore[operator]
    return file.getvalue()


def arrays() -> bytes:
    file = io.BytesIO()
    np.savez(file, x=np.arange(3))
    return file.getvalue()


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.arange(3))
    return file.getvalue()


def stata() -> bytes:
    file = io.BytesIO()
    FRAME.to_stata(file)
    return file.getvalue()


def database(folder: Path) -> bytes:
    connection = sqlite3.connect(folder / "bank.db")
    connection.execute("create table bank (age, y)")
    connection.close()
    return (folder / "bank.db").read_bytes()


def arrow() -> bytes:
    file = pa.BufferOutputStream()
    with pa.ipc.new_file(file, TABLE.schema) as written:
        written.write_table(TABLE)
    return file.getvalue().to_pybytes()


FORMATS = [
    ("a zip archive", zipped("bank.csv"), "unzip"),
    ("a zip archive", zipped("bank.csv")[:50], "unzip"),
    ("a zip archive", zipped(), "unzip"),
    ("an Excel workbook (.xlsx)", zipped("[Content_Types].xml", "xl/workbook.xml"), "pandas.read_excel("),
    ("an OpenDocument file (.ods)", zipped("mimetype", "content.xml"), "Save its sheet as CSV"),
    ("a Word document (.docx)", zipped("[Content_Types].xml", "word/document.xml"), "Use the URL of a CSV"),
    ("a NumPy archive (.npz)", arrays(), "numpy.savetxt"),
    ("an Office file of before 2007", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "'CSV UTF-8'"),
    ("gzip", gzip.compress(CSV), "gunzip"),
    ("bzip2", bz2.compress(CSV), "bunzip2"),
    ("xz", lzma.compress(CSV), "unxz"),
    ("Zstandard", pa.compress(CSV, "zstd", asbytes=True), "unzstd"),
    ("LZ4", pa.compress(CSV, "lz4", asbytes=True), "unlz4"),
    ("a 7-Zip archive", b"7z\xbc\xaf\x27\x1c\0\4", "7z x"),
    ("a RAR archive", b"Rar!\x1a\x07\x01\0", "unrar"),
    ("a tar archive", tarred(), "tar -xf"),
    ("Parquet", written(pa.parquet.write_table, TABLE), "pandas.read_parquet("),
    ("ORC", written(pa.orc.write_table, TABLE), "pandas.read_orc("),
    ("Arrow or Feather", arrow(), "pandas.read_feather("),
    ("Avro", b"Obj\x01\x04\x16avro.schema", "fastavro"),
    ("HDF5", b"\x89HDF\r\n\x1a\n\0", "pandas.read_hdf("),
    ("a NumPy array (.npy)", array(), "numpy.savetxt"),
    ("a Python pickle", pickle.dumps(FRAME), "where you trust it"),
    ("Stata", stata(), "pandas.read_stata("),
    ("R's data", b"RDX3\nX\n\0\0\0\3", "write.csv"),
    ("a PDF document", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "Use the URL of a CSV file"),
    ("a picture", b"\x89PNG\r\n\x1a\n\0\0", "Use the URL of a CSV file"),
    ("an encrypted file", b"-----BEGIN PGP MESSAGE-----\n", "gpg --decrypt"),
    ("text in UTF-16", CSV.decode().encode("utf-16"), "iconv -f UTF-16 -t UTF-8"),
    ("text in UTF-16LE", CSV.decode().encode("utf-16-le"), "iconv -f UTF-16LE"),
    ("text in UTF-16BE", CSV.decode().encode("utf-16-be"), "iconv -f UTF-16BE"),
    ("text in UTF-32", CSV.decode().encode("utf-32"), "iconv -f UTF-32 -t UTF-8"),
    ("text in UTF-32LE", CSV.decode().encode("utf-32-le"), "iconv -f UTF-32LE"),
    ("text in UTF-32BE", CSV.decode().encode("utf-32-be"), "iconv -f UTF-32BE"),
    ("zeros", bytes(1000), "Fetch the file again"),
    ("a pointer of Git LFS", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    ("a pointer of git-annex", b"/annex/objects/SHA256E-s16--0.csv\n", "git annex get"),
    ("a pointer of DVC", b"outs:\n- md5: 0\n  path: bank.csv\n", "dvc pull"),
    ("an HTML page", b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "a login page"),
    ("an HTML page", b"<!-- moved -->\n<HTML lang='en'>", "a login page"),
    ("an HTML page", b'<?xml version="1.0"?>\n<html xmlns="x">', "a login page"),
    (
        "an error message of S3",
        b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code>',
        "Look up its Code",
    ),
    ("XML", b'<?xml version="1.0"?><rows><row age="1"/></rows>', "pandas.read_xml("),
    ("XML", b"<rows>\n <row><age>1</age></row></rows>", "pandas.read_xml("),
    ("JSON", json.dumps([{"age": 31, "y": 0}], indent=1).encode(), "pandas.read_json('data.json')"),
    ("JSON", json.dumps({"age": [31], "y": [0]}).encode(), "pandas.read_json('data.json')"),
    ("JSON", b"[[31, 0], [42, 1]]", "pandas.read_json('data.json')"),
    ("JSON Lines", b'{"age": 31}\n{"age": 42}\n', "pandas.read_json('data.jsonl', lines=True)"),
    ("ARFF", b"% UCI\n@RELATION bank\n@ATTRIBUTE age NUMERIC\n", "as a header"),
]


# Archives hold the time, and the processes that run tests in parallel have to name them alike.
@pytest.mark.parametrize(
    ("name", "content", "mend"), FORMATS, ids=[f"{name} {at}" for at, (name, *_) in enumerate(FORMATS)]
)
def test_a_format_is_named_with_what_makes_a_csv_of_it(name: str, content: bytes, mend: str) -> None:
    file = io.BytesIO(content)
    file.read(3)
    found = recognise(file)
    assert found is not None
    assert found.name.startswith(name)
    assert mend in found.mend
    assert file.tell() == 0


def test_a_database_is_named(tmp_path: Path) -> None:
    found = recognise(io.BytesIO(database(tmp_path)))
    assert found is not None
    assert found.name == "an SQLite database"


@pytest.mark.parametrize(
    "content",
    [
        CSV,
        b"\xef\xbb\xbf" + CSV,
        b"",
        b"y",
        b"PK,y\n1,0\n",
        b"BZh,y\n1,0\n",
        b"ORC,y\n1,0\n",
        b"Obj,y\n1,0\n",
        b"<TICKER>,<CLOSE>,y\n1,2,0\n",
        b"[age],[y]\n1,0\n",
        b"{age},y\n1,0\n",
        b"%PDF,y\n1,0\n",
        b"version,outs:,y\n1,1,0\n",
        b"RDX,y\n1,0\n",
        "größe,日本,y\n1,1,0\n".encode(),
        b",age,y\n0,1,0\n",
    ],
)
def test_a_csv_is_not_taken_for_another_format(content: bytes) -> None:
    assert recognise(io.BytesIO(content)) is None
