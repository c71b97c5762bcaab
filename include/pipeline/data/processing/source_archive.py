"""The project's own code as an archive, so that a job runs the code of the worker that asked for it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import include
from include.pipeline.data.processing import start

_ROOT = Path(include.__file__).resolve().parent
# The pipelines' YAML files: a message names the pipeline that reads a file which this one does not.
_TAKEN = ("pipeline/**/*", "work/*", "datasets/__init__.py", "datasets/*.yaml", "sagemaker_images/*")


def source_archive() -> bytes:
    """Pack the code that splits a table. Equal code makes an equal archive.

    Returns:
        A zip file that Python runs: its `__main__.py` is `start.py`.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in _files():
            # Without the time of the file, which each checkout has anew.
            archive.writestr(zipfile.ZipInfo(name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _files() -> Iterator[tuple[str, Path]]:
    yield "__main__.py", Path(start.__file__)
    yield "include/__init__.py", _ROOT / "__init__.py"
    for path in sorted(path for pattern in _TAKEN for path in _ROOT.glob(pattern)):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"include/{path.relative_to(_ROOT).as_posix()}", path
