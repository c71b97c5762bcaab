"""The processes that train and serve start without the heavy packages, and leave them usable."""

import json
import subprocess
import sys

import pytest

from tests.project import PROJECT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("module", ["training", "serving"])
def test_neither_pandas_nor_sklearn_nor_moto_is_imported(module: str) -> None:
    code = (
        f"import json, sys, local_aws.containers.process, "
        f"local_aws.algorithms.xgboost.{module};"
        "print(json.dumps([name for name in sys.modules]));"
        "import sklearn"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    )
    imported = set(json.loads(found.stdout))
    assert "xgboost" in imported
    heavy = {"pandas", "sklearn", "scipy.stats", "pyarrow", "google.protobuf", "moto", "botocore", "flask"}
    assert imported.isdisjoint(heavy)
