"""Lays out what MWAA takes: `make mwaa`.

MWAA puts dags/ and what is in plugins.zip into two folders. Every part of Airflow finds modules in the
second, the web server included, which has no DAG folder. So the project's packages are in plugins.zip.
"""

import argparse
import shutil
import zipfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("include", "plugins")

# The first that zip files know: the same files make the same archive.
_THEN = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def write_bundle(folder: Path, limits: Path | None = None) -> list[Path]:
    """Write the bundle into a folder, in place of an earlier one.

    Args:
        folder: Where to.
        limits: This deployment's file of limits, if it has one.

    Returns:
        The folder `dags`, `plugins.zip`, `requirements.txt` and `startup.sh`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    dags, plugins = folder / "dags", folder / "plugins.zip"
    dags.mkdir(parents=True)
    for file in sorted((PROJECT / "dags").glob("*.py")):
        shutil.copy(file, dags)
    files = {
        f"{file.relative_to(PROJECT)}": file for package in PACKAGES for file in _files(PROJECT / package)
    }
    # Airflow looks for it where plugins are looked for, and takes every module below for a plugin otherwise.
    files[".airflowignore"] = files.pop("plugins/.airflowignore")
    if limits:
        files["limits.yaml"] = limits
    with zipfile.ZipFile(plugins, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in sorted(files.items()):
            member = zipfile.ZipInfo(name, _THEN)
            member.external_attr = _MODE
            archive.writestr(member, file.read_bytes(), zipfile.ZIP_DEFLATED)
    beside = Path(__file__).parent
    return [
        dags,
        plugins,
        *(Path(shutil.copy(beside / name, folder)) for name in ("requirements.txt", "startup.sh")),
    ]


def _files(package: Path) -> list[Path]:
    return [file for file in package.rglob("*") if file.is_file() and "__pycache__" not in file.parts]


def main() -> None:
    """Write the bundle, and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, required=True, help="a folder, whose content is replaced")
    parser.add_argument("--limits", type=Path, help="this deployment's limits: docs/limits.md")
    asked = parser.parse_args()
    for made in write_bundle(asked.to, asked.limits):
        print(made)


if __name__ == "__main__":
    main()
