"""SageMaker Runtime, of an endpoint that always answers the same."""

import io
from types import SimpleNamespace
from typing import Any


class Answering:
    """A runtime that answers the same to everything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.accepts: list[str] = []
        self.bodies: list[bytes] = []
        self.exceptions = SimpleNamespace(ModelError=ZeroDivisionError)

    def invoke_endpoint(self, **request: Any) -> dict[str, Any]:
        self.accepts.append(request["Accept"])
        self.bodies.append(request["Body"])
        return {"Body": io.BytesIO(self.text.encode())}
