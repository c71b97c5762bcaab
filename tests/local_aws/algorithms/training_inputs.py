"""A container's /opt/ml as a job leaves it to an algorithm of Amazon's own."""

import json
from collections.abc import Mapping
from pathlib import Path

from local_aws.opt_ml import OptMl

CSV = {"ContentType": "text/csv"}
RECORDIO = {"ContentType": "application/x-recordio-protobuf"}


def prepare(
    base: Path,
    hyperparameters: Mapping[str, str],
    channels: Mapping[str, bytes],
    config: Mapping[str, str] = CSV,
) -> OptMl:
    """Writes hyperparameters, and a file a channel."""
    opt_ml = OptMl(base)
    opt_ml.create()
    opt_ml.hyperparameters.write_text(json.dumps(hyperparameters))
    opt_ml.input_data_config.write_text(json.dumps(dict.fromkeys(channels, config)))
    for name, content in channels.items():
        opt_ml.channel(name).mkdir(parents=True)
        (opt_ml.channel(name) / "data").write_bytes(content)
    return opt_ml
