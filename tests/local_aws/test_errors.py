import ast
import builtins
import inspect
import re
import subprocess
import sys

from local_aws import errors
from tests.project import PROJECT

ROOT = "LocalAwsError"
HOME = PROJECT / "local_aws" / "errors.py"
# What a class is derived from when it is an exception.
EXCEPTIONS = {
    name
    for module in (builtins, errors)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def is_exception(definition: ast.ClassDef) -> bool:
    names = [ast.unparse(base).rpartition(".")[2] for base in definition.bases]
    return any(
        name in EXCEPTIONS or name.endswith(("Error", "Exception")) for name in [definition.name, *names]
    )


def drawn_tree() -> dict[str, str]:
    """Each exception of the drawing below its root, and the one that it hangs from."""
    parents: dict[str, str] = {}
    path = [ROOT]
    for branches, name in re.findall(r"^    ([│├└─ ]+)(\w+) ", errors.__doc__ or "", flags=re.MULTILINE):
        depth = len(branches) // 4
        path[depth:] = [name]
        parents[name] = path[depth - 1]
    return parents


def test_every_exception_is_defined_in_errors() -> None:
    elsewhere = {
        (str(file.relative_to(PROJECT)), node.name)
        for file in (PROJECT / "local_aws").rglob("*.py")
        if file != HOME
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and is_exception(node)
    }
    assert elsewhere == set()


def test_the_tree_is_drawn_as_it_is() -> None:
    definitions = [
        node for node in ast.parse(HOME.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)
    ]
    real = {node.name: ", ".join(map(ast.unparse, node.bases)) for node in definitions}
    assert real.pop(ROOT) == "Exception"
    assert drawn_tree() == real


def test_the_drawing_begins_with_the_root() -> None:
    assert (inspect.getdoc(errors) or "").splitlines()[2].strip() == ROOT


def test_containers_can_import_it_without_anything_heavy() -> None:
    """Only modules of the standard library come with it."""
    program = (
        "import sys; before = set(sys.modules); import local_aws.errors; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert set(run.stdout.split()) - set(sys.stdlib_module_names) == {"local_aws"}
