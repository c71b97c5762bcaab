"""Which part of the project may import which."""

import ast
from pathlib import Path

import pytest

from tests.project import PROJECT

FORBIDDEN = {
    "include/pipeline": ("airflow", "include.operators", "local_aws", "local_stack"),
    "include/operators": ("local_aws", "local_stack"),
    "local_aws": ("airflow", "include", "plugins", "local_stack"),
    "local_stack": ("airflow", "include.operators", "local_aws"),
    "plugins": ("include.operators", "local_aws", "local_stack"),
    "dags": ("local_aws", "local_stack"),
}


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize(("folder", "forbidden"), FORBIDDEN.items())
def test_the_arrows_point_one_way(folder: str, forbidden: tuple[str, ...]) -> None:
    files = list((PROJECT / folder).rglob("*.py"))
    assert files
    wrong = {
        (str(file.relative_to(PROJECT)), name)
        for file in files
        for name in imports(file)
        if any(name == module or name.startswith(f"{module}.") for module in forbidden)
    }
    assert wrong == set()


def test_a_module_has_one_reason_to_exist() -> None:
    lengths = {
        str(file.relative_to(PROJECT)): len(file.read_text(encoding="utf-8").splitlines())
        for folder in ("include", "local_aws", "local_stack", "dags", "plugins")
        for file in (PROJECT / folder).rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 300} == {}
