"""Analyses in the test's own process: a folder that stands in for a container's /opt/ml."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_aws.opt_ml import OptMl
from local_aws.processing.analyzer.environment import Orders
from local_aws.processing.analyzer.variables import Variables

SOURCE, OUTPUT = "/opt/ml/processing/input/data", "/opt/ml/processing/output"


def container(folder: Path, files: Mapping[str, str | bytes]) -> OptMl:
    """Make the files of a container. Their paths are below the folder of the data."""
    opt_ml = OptMl(folder)
    opt_ml.create()
    for name, content in files.items():
        path = opt_ml.at(SOURCE) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return opt_ml


def orders(opt_ml: OptMl, form: Mapping[str, Any], **environment: str) -> Orders:
    """Read an environment for data of a form, the dataset_format."""
    variables = {
        "dataset_format": json.dumps(form),
        "dataset_source": SOURCE,
        "output_path": OUTPUT,
    }
    return Orders.of(Variables(variables | environment, opt_ml))


def results(opt_ml: OptMl, name: str) -> Any:
    """Read a file of results."""
    return json.loads((opt_ml.at(OUTPUT) / f"{name}.json").read_text())


def captured(
    answer: str, request: str, moment: str = "2026-03-01T10:15:00Z", **metadata: str
) -> dict[str, Any]:
    """Build a line of data capture, of CSV."""

    def side(mode: str, data: str) -> dict[str, str]:
        return {"observedContentType": "text/csv", "mode": mode, "data": data, "encoding": "CSV"}

    return {
        "captureData": {"endpointInput": side("INPUT", request), "endpointOutput": side("OUTPUT", answer)},
        "eventMetadata": {"eventId": "event", **metadata, "inferenceTime": moment},
        "eventVersion": "0",
    }
