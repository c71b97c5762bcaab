"""The table of moto's tests that fail against local AWS, each with its reason."""

import tomllib
from pathlib import Path

TABLE = Path(__file__).parent / "expected_failures.toml"


def expected_failures() -> dict[str, str]:
    """Read the table: the reason by `file::test`.

    Raises:
        ValueError: A test is in it twice.
    """
    found: dict[str, str] = {}
    for entry in tomllib.loads(TABLE.read_text(encoding="utf-8"))["failure"]:
        for name in entry["tests"]:
            if name in found:
                raise ValueError(f"{name} is in the table twice")
            found[name] = entry["reason"]
    return found
