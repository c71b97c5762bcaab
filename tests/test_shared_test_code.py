"""What tests share lies in modules with a name of their own: nobody imports from a test or a conftest."""

import ast
import re
from pathlib import Path

import pytest

from tests.module_imports import imports
from tests.project import PROJECT

CONFTESTS = sorted((PROJECT / "tests").rglob("conftest.py"))


def is_collected(module: str) -> bool:
    """Whether pytest takes a module, by its name, as tests or as a conftest."""
    return any(part == "conftest" or part.startswith("test_") for part in module.split("."))


@pytest.mark.parametrize(
    ("line", "collected"),
    [
        ("from tests.local_aws.conftest import ROLE", True),
        ("from tests.local_aws import conftest", True),
        ("import tests.conftest", True),
        ("from tests.local_aws.test_server import names", True),
        ("def test():\n    from tests.conftest import name", True),
        ("from tests.aws.sagemaker_requests import ROLE", False),
        ("from tests.project import PROJECT", False),
    ],
)
def test_an_import_of_collected_code_is_recognised(tmp_path: Path, line: str, collected: bool) -> None:
    file = tmp_path / "module.py"
    file.write_text(line)
    assert any(map(is_collected, imports(file))) is collected


@pytest.mark.long
@pytest.mark.parametrize("folder", ["tests", "bench"])
def test_nobody_imports_from_a_conftest_or_a_test_module(folder: str) -> None:
    files = list((PROJECT / folder).rglob("*.py"))
    assert files
    wrong = {
        (str(file.relative_to(PROJECT)), name)
        for file in files
        for name in imports(file)
        if is_collected(name)
    }
    assert wrong == set()


@pytest.mark.parametrize("file", CONFTESTS, ids=lambda file: str(file.parent.relative_to(PROJECT)))
def test_a_conftest_holds_fixtures_and_hooks_only(file: Path) -> None:
    others = []
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            if not (node.name.startswith("pytest_") or any("pytest.fixture" in text for text in decorators)):
                others.append(node.name)
        elif isinstance(node, ast.ClassDef):
            others.append(node.name)
        elif isinstance(node, ast.Assign):
            others += [name for name in map(ast.unparse, node.targets) if re.fullmatch(r"[A-Za-z]\w*", name)]
    assert others == []
