"""The processes that train and serve start without the heavy packages, and leave them usable."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("module", ["training", "serving"])
def test_neither_pandas_nor_sklearn_nor_moto_is_imported(module: str) -> None:
    code = (
        f"import json, sys, include.local_aws.container_process, "
        f"include.local_aws.algorithms.xgboost.{module};"
        "print(json.dumps([name for name in sys.modules]));"
        "import sklearn"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[4],
        capture_output=True,
        check=True,
    )
    imported = set(json.loads(found.stdout))
    assert "xgboost" in imported
    heavy = {"pandas", "sklearn", "scipy.stats", "pyarrow", "google.protobuf", "moto", "botocore", "flask"}
    assert imported.isdisjoint(heavy)
