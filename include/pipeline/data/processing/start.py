"""What a processing job runs first: the archive's `__main__.py`, by any Python and without a package.

Its arguments are the archive, the archive's SHA-256, the order, and the order's SHA-256.
"""

import importlib.util
import json
import sys
import tempfile
import zipfile
from pathlib import Path

PYTHON = (3, 11)
"""The oldest that runs the project."""
PACKAGES = {
    "botocore": "botocore",
    "httpcore": "httpcore",
    "httpx": "httpx",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "pydantic": "pydantic",
    "s3transfer": "s3transfer",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "tenacity": "tenacity",
    "yaml": "pyyaml",
}
"""What the split imports, and how PyPI calls it."""


def lacking() -> "list[str]":
    """Name what this image lacks of what the split needs."""
    found = [name for module, name in PACKAGES.items() if importlib.util.find_spec(module) is None]
    if sys.version_info < PYTHON:
        found.insert(0, "Python {}.{}".format(*PYTHON))
    return found


def main() -> int:
    """Unpack the archive and split as the order says.

    Returns:
        0, or 1 where the table or the image is refused; why, `/opt/ml/output/message` tells.
    """
    archive, _, order, order_sha256 = sys.argv[1:]
    if missing := lacking():
        refusal = {
            "error": "ProcessingError",
            "found": "the image of the job has no {}".format(", ".join(missing)),
            "rule": "an image has Python and the packages of requirements-production.txt",
            "mend": "Name an image in processing of the pipeline's YAML that has them: docs/own-data.md",
        }
        message = Path(order).parents[3] / "output" / "message"
        message.write_text(json.dumps(refusal), encoding="utf-8")
        print(refusal["found"], flush=True)
        return 1
    folder = tempfile.mkdtemp()
    with zipfile.ZipFile(archive) as code:
        code.extractall(folder)
    sys.path.insert(0, folder)
    # Only now is it there.
    from include.pipeline.data.processing.job import run  # noqa: PLC0415

    return run(Path(order), order_sha256)


if __name__ == "__main__":
    sys.exit(main())
