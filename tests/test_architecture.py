"""Which part of the project may import which, and how much lies in one folder."""

import pytest

from tests.module_imports import imports
from tests.project import PROJECT

FORBIDDEN = {
    "include/pipeline": ("airflow", "include.operators", "include.processes", "local_aws", "local_stack"),
    "include/inspection": ("airflow", "include.operators", "include.processes", "local_aws", "local_stack"),
    "include/operators": ("include.processes", "local_aws", "local_stack"),
    "include/processes": ("local_aws", "local_stack"),
    "include/work": ("airflow", "include.operators", "include.pipeline", "local_aws", "local_stack"),
    "local_aws": ("airflow", "include", "plugins", "local_stack"),
    "local_stack": ("airflow", "include.operators", "local_aws"),
    "plugins": ("include.operators", "include.processes", "local_aws", "local_stack"),
    "dags": ("include.processes", "local_aws", "local_stack"),
    "deploy": ("airflow", "include.operators", "include.processes", "plugins", "local_aws", "local_stack"),
}
# The folders of a package, the lowest first: a module imports from its own folder and from lower ones.
ORDER = {
    "include.pipeline": (
        ("errors",),
        ("document", "values"),
        ("figures", "aws"),
        ("documents",),
        ("source", "history"),
        ("planning", "data", "evaluation", "teardown"),
        ("scoring",),
        ("report", "iam"),
    ),
    "local_aws": (
        ("errors", "opt_ml"),
        ("algorithms", "storage", "containers"),
        ("state",),
        ("protocol",),
        ("jobs", "model_registry"),
        ("hosting", "training"),
        ("transform", "tuning"),
        ("processing",),
        ("server",),
        ("__main__",),
    ),
}
MOST_SIBLINGS = 15
PACKAGES = ("include", "local_aws", "local_stack", "dags", "deploy", "plugins")


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


@pytest.mark.parametrize("package", ORDER)
def test_a_folder_imports_only_lower_ones(package: str) -> None:
    root = PROJECT / package.replace(".", "/")
    level = {name: height for height, names in enumerate(ORDER[package]) for name in names}
    assert set(level) == {
        path.stem
        for path in root.iterdir()
        if path.stem != "__init__" and (path.suffix == ".py" or (path / "__init__.py").is_file())
    }
    wrong = set()
    for file in root.rglob("*.py"):
        own = file.relative_to(root).parts[0].removesuffix(".py")
        for name in imports(file):
            inside = name.removeprefix(f"{package}.").split(".")[0]
            is_inside = name.startswith(f"{package}.") and inside in level and inside != own
            if is_inside and level[inside] >= level[own]:
                wrong.add((str(file.relative_to(PROJECT)), name))
    assert wrong == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_is_too_full_to_be_read(package: str) -> None:
    folders = [PROJECT / package, *(path for path in (PROJECT / package).rglob("*") if path.is_dir())]
    siblings = {
        str(folder.relative_to(PROJECT)): {
            path.name.partition(".")[0] for path in folder.iterdir() if not path.name.startswith("__")
        }
        for folder in folders
        if folder.name != "__pycache__"
    }
    assert {name: len(found) for name, found in siblings.items() if len(found) > MOST_SIBLINGS} == {}


def test_a_module_has_one_reason_to_exist() -> None:
    lengths = {
        str(file.relative_to(PROJECT)): len(file.read_text(encoding="utf-8").splitlines())
        for folder in PACKAGES
        for file in (PROJECT / folder).rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 300} == {}
