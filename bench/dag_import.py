"""Import of the pipelines' DAG file, beside that of the operators that it is made of, bytecode at hand.

Each in a new process, in turns; the seconds of starting Python do not count.
"""

import argparse
import ast
import json
import shutil
import statistics
import tempfile
import time
from importlib import import_module
from pathlib import Path

from bench.child import run
from bench.figures import Figure, show
from tests.project import PROJECT

_ROUNDS = 7
_PIPELINES = 10
_DAG_FILE = PROJECT / "dags" / "model_pipelines.py"


def imports_of_the_dag_file() -> None:
    """Import what the file imports, and no more."""
    for found in ast.parse(_DAG_FILE.read_text(encoding="utf-8")).body:
        if isinstance(found, ast.ImportFrom) and found.module:
            module = import_module(found.module)
            for name in found.names:
                if not hasattr(module, name.name):
                    import_module(f"{found.module}.{name.name}")


def dag_file(datasets: Path | None = None) -> None:
    """Import the file, with the pipelines of another folder if there is one."""
    if datasets:
        import_module("include.pipeline.documents.config").DATASETS = datasets
    import_module("dags.model_pipelines")


def work(how: str, folder: str) -> None:
    """Print the seconds of one import."""
    begin = time.perf_counter()
    if how == "imports":
        imports_of_the_dag_file()
    else:
        dag_file(Path(folder) if how == "ten" else None)
    print(json.dumps({"seconds": time.perf_counter() - begin}))


def main() -> None:
    """Print the figures: medians of ratios of each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", nargs=2, metavar=("HOW", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_PIPELINES):
            source = PROJECT / "include" / "datasets" / "bank_marketing.yaml"
            shutil.copyfile(source, Path(folder) / f"bank_marketing_{number}.yaml")
        # The first round writes the bytecode.
        _, *warm = [
            {
                how: run("bench.dag_import", "--work", how, folder).answer["seconds"]
                for how in ("imports", "as it is", "ten")
            }
            for _ in range(_ROUNDS + 1)
        ]
    figures = [
        Figure(f"DAG file, {name}", statistics.median(found[how] for found in warm), "s")
        for how, name in (
            ("imports", "its imports alone"),
            ("as it is", "as it is"),
            ("ten", "ten pipelines"),
        )
    ]
    for how, name, most in (("as it is", "as it is", 1.1), ("ten", "ten pipelines", 1.3)):
        ratio = statistics.median(found[how] / found["imports"] for found in warm)
        figures.append(Figure(f"DAG file, {name}: against its imports", ratio, "x", at_most=most))
    show(figures)


if __name__ == "__main__":
    main()
