"""What the scikit-learn image does where a script that serves has no function of its own for it.

Source: https://github.com/aws/sagemaker-scikit-learn-container: serving.py.
"""

from typing import Any

import numpy as np

from local_aws.algorithms.script import encoding


def decode(content: str | bytes, content_type: str) -> Any:
    """Return the array of a request: of 32-bit floats, unless the request is an array itself.

    Raises:
        UnsupportedFormatError: It is of another type.
    """
    array = encoding.decode(content, content_type)
    return array.astype(np.float32) if content_type in encoding.TEXT_TYPES else array


def predict(data: Any, model: Any) -> Any:
    """Return the model's predictions."""
    return model.predict(data)
