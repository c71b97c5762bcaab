"""The formats that SageMaker's toolkit itself reads and writes for a script.

Source: https://github.com/aws/sagemaker-containers: _encoders.py, _content_types.py, _errors.py.
"""

import io
import json
from typing import Any

import numpy as np

from local_aws.errors import UnsupportedFormatError

_JSON, _CSV, _NPY = "application/json", "text/csv", "application/x-npy"
TEXT_TYPES = (_JSON, _CSV)


def decode(content: str | bytes, content_type: str) -> Any:
    """Return the array of a request.

    Raises:
        UnsupportedFormatError: It is of another type than JSON, CSV and npy.
    """
    if content_type == _JSON:
        return np.array(json.loads(content))
    if content_type == _CSV:
        text = content if isinstance(content, str) else content.decode()
        return np.genfromtxt(io.StringIO(text), dtype=np.float32, delimiter=",")
    if content_type == _NPY:
        return np.load(io.BytesIO(content if isinstance(content, bytes) else content.encode()))
    raise UnsupportedFormatError(content_type)


def encode(values: Any, accept: str) -> str | bytes:
    """Write predictions.

    Raises:
        UnsupportedFormatError: Another type than JSON, CSV and npy is asked for.
    """
    if accept == _JSON:
        return json.dumps(values.tolist() if isinstance(values, np.ndarray) else values)
    if accept == _CSV:
        text = io.StringIO()
        np.savetxt(text, values, delimiter=",", fmt="%s")
        return text.getvalue()
    if accept == _NPY:
        array = io.BytesIO()
        np.save(array, values)
        return array.getvalue()
    raise UnsupportedFormatError(accept)
