"""Every way in which local AWS refuses or fails, by what becomes of it.

    LocalAwsError
    ├── AwsError                   answered to the caller: AWS's code, text and HTTP status
    │   ├── ValidationError        the request is well formed, but not acceptable
    │   └── ResourceInUseError     the name is taken
    ├── ModelError                 answered by InvokeEndpoint: the container failed, or did not answer
    ├── FailureReasonError         becomes the FailureReason of a job or an endpoint
    │   ├── JobFailedError         the job cannot be done
    │   ├── DeploymentError        a production variant does not become healthy
    │   ├── ModelDataError         a model's archive is absent, or cannot be opened
    │   └── UserError              an algorithm found something that its user can mend
    │       ├── ClientError        the same, in one of Amazon's own algorithms
    │       └── AnalysisError      the same, in the analyzer of Model Monitor
    ├── DataError                  data of unknown origin is absent or unusable
    │   ├── NoSuchObjectError      there is no such bucket or object
    │   ├── BadManifestError       a ManifestFile is none, or lists an object that is not there
    │   ├── BadArchiveError        a model archive cannot be opened safely
    │   │   └── LargeArchiveError  a model archive holds too much
    │   ├── BadGzipError           an object is no gzip, or too large
    │   ├── RecordTooLargeError    a record is larger than MaxPayloadInMB
    │   ├── DataProcessingError    a record or an answer cannot be read, filtered or joined
    │   ├── JsonPathError          an expression is not valid, or a record does not have what it asks for
    │   └── UnsupportedFormatError a script's container does not read or write the type of a request
    ├── KeysFileError              the server does not start: nobody could know its access key, or everybody
    └── DataDirError               the server does not start, or keeps nothing more

Whoever reads the data turns a DataError into an AwsError or a FailureReasonError.

Only the standard library is imported here: containers import this module, and have to start fast.
"""

import json
from typing import ClassVar


class LocalAwsError(Exception):
    """Something that local AWS refuses, or cannot do."""


class AwsError(LocalAwsError):
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
        """Return the JSON 1.1 document that botocore parses into a ClientError."""
        return json.dumps({"__type": self.code, "message": self.message}).encode()


class ValidationError(AwsError):
    """`ValidationException`: the request is well formed, but not acceptable."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message)


class ResourceInUseError(AwsError):
    """`ResourceInUse`: the name is taken."""

    def __init__(self, message: str) -> None:
        super().__init__("ResourceInUse", message)


class ModelError(LocalAwsError):
    """`ModelError` of InvokeEndpoint: the container answered with an error, or not at all.

    Args:
        status: The container's HTTP status; 500 where it did not answer.
        message: The container's words, or why there are none.
        container: The container's name.
    """

    def __init__(self, status: int, message: str, container: str = "primary") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.container = container


class FailureReasonError(LocalAwsError):
    """A job or an endpoint fails. The message becomes its FailureReason."""


class JobFailedError(FailureReasonError):
    """The job cannot be done."""


class DeploymentError(FailureReasonError):
    """A production variant does not become healthy."""


class ModelDataError(FailureReasonError):
    """A model's archive is absent, or cannot be opened."""


class UserError(FailureReasonError):
    """An algorithm found something that its user can mend.

    In training, the container writes the message to `output/failure`, from where it becomes the job's
    FailureReason. In serving, the container answers with it.
    """

    exit_code: ClassVar[int] = 1
    """The container's exit code: SageMaker's reason begins with "AlgorithmError" at 1, "ClientError" at 2."""


class ClientError(UserError):
    """A user's failure as Amazon's own algorithms report it, which the open-source ones do not."""

    exit_code: ClassVar[int] = 2


class AnalysisError(UserError):
    """The analyzer of Model Monitor cannot use its environment, its data or a baseline."""

    exit_code: ClassVar[int] = 255


class DataError(LocalAwsError):
    """Data of unknown origin, from S3 or a container, is absent or unusable."""


class NoSuchObjectError(DataError):
    """There is no such bucket or object. The message is the S3 URL."""


class BadManifestError(DataError):
    """A ManifestFile is none, or lists an object that is not there."""


class BadArchiveError(DataError):
    """A model archive cannot be opened safely."""


class LargeArchiveError(BadArchiveError):
    """A model archive holds too much."""


class BadGzipError(DataError):
    """An object is no gzip, or too large."""


class RecordTooLargeError(DataError):
    """A record is larger than MaxPayloadInMB."""


class DataProcessingError(DataError):
    """A record or an answer cannot be read, filtered or joined."""


class JsonPathError(DataError):
    """A JSONPath expression is not valid here, or asks for what a record does not have."""


class DataDirError(LocalAwsError):
    """The data directory cannot be used, or is closed."""


class UnsupportedFormatError(DataError):
    """The toolkit cannot read a request's type, or not write the type that it asks for."""

    def __init__(self, content_type: str) -> None:
        super().__init__(
            f"Content type {content_type} is not supported by this framework.\n\n"
            "            Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "            serialize the response. For more information, see the SageMaker Python SDK README."
        )


class KeysFileError(LocalAwsError):
    """The file of the access key cannot be written, read, or kept from others."""
