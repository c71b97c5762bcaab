"""Runs the cells of a notebook as a kernel does: one after the other, in one namespace.

Jupyter is no part of the lock: `python -m tests.docs.notebook_cells NOTEBOOK ENDS` does without it, and has
neither magics nor displays.
"""

import ast
import json
import sys
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """Read a notebook of format 4: https://nbformat.readthedocs.io/en/latest/format_description.html."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def source(cell: dict[str, Any]) -> str:
    """Join a cell's text, which may be one string or a list of lines."""
    return "".join(cell["source"])


def run(path: Path) -> dict[str, Any]:
    """Run all code cells.

    Returns:
        The value of the expression that each tagged cell ends with, by tag.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    ends = {}
    for number, cell in enumerate(read(path)["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        place = f"<cell {number}>"
        body = ast.parse(source(cell), place).body
        shown = body.pop() if body and isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), place, "exec"), names)  # noqa: S102 - a notebook is code
        if shown is not None:
            assert isinstance(shown, ast.Expr)
            value = eval(compile(ast.Expression(shown.value), place, "eval"), names)  # noqa: S307 - so it is
            ends |= dict.fromkeys(cell["metadata"].get("tags", ()), value)
    return ends


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(run(Path(sys.argv[1]).resolve())), encoding="utf-8")
