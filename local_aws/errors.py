"""The errors that local AWS answers with: AWS's codes, texts and HTTP statuses."""

import json


class AwsError(Exception):
    """An error answer of the AWS JSON 1.1 protocol.

    Args:
        code: AWS's error code, for instance `ValidationException`.
        message: The text for the caller.
        status: The HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def body(self) -> bytes:
        """Returns the JSON 1.1 document that botocore parses into a ClientError."""
        return json.dumps({"__type": self.code, "message": self.message}).encode()


class ValidationError(AwsError):
    """`ValidationException`: the request is well formed, but not acceptable."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ResourceInUseError(AwsError):
    """`ResourceInUse`: the name is taken."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceInUse", message)
