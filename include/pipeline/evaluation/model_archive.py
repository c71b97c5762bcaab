"""The model in the archive that a training job of SageMaker's XGBoost leaves."""

import gzip
import io
import logging
import tarfile
import zlib

_MODEL_FILE = "xgboost-model"
_LARGEST_MODEL = 1024**3

log = logging.getLogger(__name__)


def read_model(archive: bytes) -> bytes | None:
    """Take the model file out of model.tar.gz.

    Returns:
        Its content, at least a byte; None where the archive cannot be opened or holds no such file.
    """
    try:
        with gzip.open(io.BytesIO(archive)) as content, tarfile.open(fileobj=content, mode="r:") as packed:
            for member in packed:
                if member.name.removeprefix("./") == _MODEL_FILE and 0 < member.size <= _LARGEST_MODEL:
                    file = packed.extractfile(member)
                    return file.read() if file else None
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        log.warning("The model's archive cannot be opened: %s", error)
        return None
    log.warning("The model's archive holds no %s of 1 to %d bytes", _MODEL_FILE, _LARGEST_MODEL)
    return None
