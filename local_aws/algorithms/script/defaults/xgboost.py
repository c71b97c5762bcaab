"""What the XGBoost image does where a script that serves has no function of its own for it.

Source: https://github.com/aws/sagemaker-xgboost-container: handler_service.py, encoder.py.
"""

from typing import Any

from werkzeug.http import parse_options_header

from local_aws.algorithms.xgboost.request_data import parse
from local_aws.errors import UnsupportedFormatError

_TYPES = ("text/csv", "text/libsvm", "text/x-libsvm", "application/x-recordio-protobuf")


def decode(content: str | bytes, content_type: str) -> Any:
    """Return the DMatrix of a request.

    Raises:
        UnsupportedFormatError: It is of another type.
    """
    kind, _ = parse_options_header(content_type)
    if kind not in _TYPES:
        raise UnsupportedFormatError(kind)
    return parse(content.encode() if isinstance(content, str) else content, content_type)


def predict(data: Any, model: Any) -> Any:
    """Return the booster's predictions."""
    return model.predict(data, validate_features=False)
