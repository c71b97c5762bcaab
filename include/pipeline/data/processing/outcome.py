"""What a processing job tells at its end, in the kilobyte that SageMaker hands on of it.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/byoc-metadata.html
"""

import json
import platform
from importlib.metadata import version

from include.pipeline import errors
from include.pipeline.document import Document
from include.pipeline.errors import PipelineError

_LONGEST = 1024
# Those of the split, and of the job itself.
_ERRORS = {
    each.__name__: each
    for each in (
        errors.DataError,
        errors.DocumentError,
        errors.DriftError,
        errors.ObjectError,
        errors.ParamError,
        errors.ProcessingError,
    )
}
# What makes the bytes of the files.
_PACKAGES = ("numpy", "pandas", "pyarrow", "scipy", "scikit-learn")


class Outcome(Document):
    """What a job has made."""

    split_sha256: str
    """SHA-256 in hex of split.json."""
    packages: dict[str, str]
    """Versions of what has made it."""


def packages() -> dict[str, str]:
    """Tell the versions of what makes the files here."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}


def message_of(error: PipelineError) -> bytes:
    """Write a refusal so that it fits: the longest of its three lines is cut."""
    told = {"error": type(error).__name__, "found": error.found, "rule": error.rule, "mend": error.mend}
    while len(content := json.dumps(told, ensure_ascii=False).encode()) > _LONGEST:
        longest = max(told, key=lambda line: len(told[line]))
        told[longest] = f"{told[longest][:-20]}…"
    return content


def refusal_in(message: str | None) -> PipelineError | None:
    """Read a refusal back; None where a job that failed has told of none."""
    try:
        told = json.loads(message or "")
        return _ERRORS[told["error"]](told["found"], told["rule"], told["mend"])
    except (ValueError, LookupError, TypeError):
        return None
