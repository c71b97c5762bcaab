"""What a module imports, read from its source."""

import ast
from pathlib import Path


def imports(file: Path) -> set[str]:
    """Name all that a file imports, in its functions and for type checks alone too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            # `from package import module` imports the module.
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
