"""`make pipeline`: look at a file, and write the YAML file of its pipeline."""

import argparse
import re
import sys
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from include.inspection.pipeline_file import pipeline_file
from include.inspection.table import Findings, look_at_table
from include.pipeline.documents import config
from include.pipeline.documents.config import WATCHER
from include.pipeline.errors import ConfigError, PipelineError

console = Console(highlight=False)


def make_pipeline(name: str, data: Path, label: str | None) -> Path:
    """Look at a file, print what is found, and write the YAML file; one that is there is left as it is.

    Raises:
        ConfigError: The name is no name of a pipeline.
        DataError: The file is no table that a model can be trained on.
        OSError: The file cannot be read.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) or name.endswith(WATCHER):
        raise ConfigError(
            f"NAME={name}",
            f"a name has a-z, 0-9 and _, begins with a letter, and does not end with {WATCHER}",
            "Choose another name",
        )
    with data.open("rb") as file:
        found = look_at_table(file, label)
    text, path = pipeline_file(name, data.name, found), config.DATASETS / f"{name}.yaml"
    show(found)
    try:
        with path.open("x", encoding="utf-8") as target:
            target.write(text)
        console.print(f"Written: {path}", soft_wrap=True)
    except FileExistsError:
        changes = list(_changes(yaml.safe_load(path.read_text(encoding="utf-8")), yaml.safe_load(text)))
        console.print(
            f"{path} is there already, and is left as it is. This file would change:", soft_wrap=True
        )
        for line in changes or ["nothing of its table"]:
            console.print(f"  {line}", markup=False, soft_wrap=True)
    return path


def show(found: Findings) -> None:
    """Print what each column is taken for, and what is unsure."""
    table = Table("column", "is", "empty", "values", "alone", "because")
    for column in found.columns:
        alone = f"{column.alone.value:.3f}" if column.alone else ""
        empty = f"{column.missing:.1%}" if column.missing else ""
        table.add_row(column.name, column.kind, empty, str(column.distinct), alone, column.why)
    console.print(table)
    answer = found.answer
    figure = "R²" if answer.kind == "regression" else "ROC AUC"
    console.print(
        f"{found.rows} rows. The label, kind: {answer.kind}, is {answer.told}; alone: the column's {figure}.",
        soft_wrap=True,
    )
    for line in found.unsure:
        console.print(f"Unsure: {line}", markup=False, soft_wrap=True)


def _changes(before: Any, now: Any) -> list[str]:
    old, new = (_flat(one.get("table") if isinstance(one, dict) else None, "table") for one in (before, now))
    return [
        f"{path}: {old.get(path, 'not there')!s} -> {new.get(path, 'not there')!s}"
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _flat(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return {
            where: one for key, part in value.items() for where, one in _flat(part, f"{path}.{key}").items()
        }
    return {path: value}


def main() -> int:
    """Run from the command line; the exit code is 0 where the file could be looked at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", required=True, help="of the pipeline, and of its YAML file")
    parser.add_argument("--data", required=True, type=Path, help="the file")
    parser.add_argument("--label", help="the column to predict")
    arguments = parser.parse_args()
    try:
        make_pipeline(arguments.name, arguments.data, arguments.label)
    except (PipelineError, OSError) as error:
        console.print(str(error), style="bold red", markup=False)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
