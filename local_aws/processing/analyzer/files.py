"""The analyzer's files: results, and what a baseline has left."""

import json
from pathlib import Path
from typing import Any

from local_aws.errors import AnalysisError


def write(output: Path, name: str, document: dict[str, Any]) -> None:
    """Write a file of results."""
    output.mkdir(parents=True, exist_ok=True)
    (output / f"{name}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")


def baseline_file(path: Path, name: str) -> dict[str, Any]:
    """Read a file of the baseline.

    Raises:
        AnalysisError: It is no JSON object.
    """
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise AnalysisError(f"The baseline's {name}, {path.name}, is no JSON: {error}.") from error
    if not isinstance(document, dict):
        raise AnalysisError(
            f"The baseline's {name}, {path.name}, is no JSON object, as a baselining job writes it."
        )
    return document
