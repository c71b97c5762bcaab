"""Every way in which the pipeline itself refuses to go on.

    PipelineError
    ├── ConfigError    a pipeline's YAML file
    ├── ParamError     Params, Airflow Variables, the connection: found by `plan_run`
    ├── PlanError      the plan that came through XCom is not the run's
    ├── SourceError    the data could not be downloaded as it should be
    ├── DataError      the table is not one that a model can be trained on
    ├── DriftError     the data is not like the previous version
    ├── ProcessingError  the processing job ended without having split the table
    ├── TrainingError  the training job ended without a model
    ├── EndpointError  the endpoint did not come up, or did not answer as it should
    ├── TransformError the transform job ended without a score for each row
    ├── OwnerError     something of that name is there already, and another's
    ├── BucketError    the run's bucket is in another region, denied, or not there
    ├── ObjectError    an object on S3 is absent or denied, or S3 cannot be read
    ├── DocumentError  what an earlier run stored cannot be read any more
    ├── WorkerError    the machine that runs the task lacks something, such as room on its disk
    ├── QualityError   the model is not good enough
    └── CleanupError   something of the run could not be removed

None of them goes away by trying again, so a task that raises one fails at once.
"""

import logging
import re
import sys
import traceback

# However it is spelt, and wherever somebody has written it: as a bucket, say.
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:[/\\]+)(\S*)")
_USER = re.compile(r"[^\s/\\:@]+:[^\s@]+@(?=\S)")

log = logging.getLogger(__name__)


class PipelineError(Exception):
    """What was found, the rule it breaks, and how to mend it: three lines, each with its label.

    It is raised `from None`: whoever reads it needs no other. Where there is an error behind it, the log has
    at level debug where that came from, without its message, which may quote the data or a secret.

    Args:
        found: The value at fault with its name, such as `train_fraction = 1.5`.
        rule: What was expected instead, as a clause.
        mend: What to do about it, as a sentence without its full stop.
    """

    def __init__(self, found: str, rule: str, mend: str) -> None:
        # Messages are logged, where many may read them: the last fence for a secret that is part of a URL.
        self.found = _without_secrets(found)
        self.rule = _without_secrets(rule)
        self.mend = mend
        super().__init__(f"Found: {self.found}\nExpected: {self.rule}\nTo do: {mend}")
        kind, _, frames = sys.exc_info()
        # Whether an object is there is asked by way of an error, too: frames are read only to be told.
        if kind and log.isEnabledFor(logging.DEBUG):
            log.debug("Behind it is a %s:\n%s", kind.__name__, "".join(traceback.format_tb(frames)))


def _without_secrets(text: str) -> str:
    return _USER.sub("***@", _URL.sub(_plain, text))


def _plain(url: re.Match[str]) -> str:
    scheme, rest = url[1], url[2]
    *user, shown = re.split(r"@|%40|\uff20", rest)
    return scheme + ("***@" if user else "") + re.sub(r"[?#].*", "?***", shown)


class ConfigError(PipelineError):
    """A pipeline's YAML file is not valid."""


class ParamError(PipelineError):
    """A Param, Airflow Variable or connection setting is not valid."""


class PlanError(PipelineError):
    """The plan that came through XCom is not the one that the run's own Params give."""


class SourceError(PipelineError):
    """The data could not be downloaded as it should be."""


class DataError(PipelineError):
    """The table is not one that a model can be trained on."""


class DriftError(PipelineError):
    """The data is not like the previous version."""


class ProcessingError(PipelineError):
    """The processing job ended without having split the table."""


class TrainingError(PipelineError):
    """The training job ended without a model."""


class EndpointError(PipelineError):
    """The endpoint did not come up, or did not answer as it should."""


class TransformError(PipelineError):
    """The transform job ended without a score for each row."""


class OwnerError(PipelineError):
    """Something of that name is there already, and another's."""


class BucketError(PipelineError):
    """The run's bucket is in another region, denied, or not there."""


class ObjectError(PipelineError):
    """An object on S3 is absent or denied, or S3 cannot be read."""


class DocumentError(PipelineError):
    """What an earlier run stored cannot be read any more."""


class WorkerError(PipelineError):
    """The machine that runs the task lacks something, such as room on its disk."""


class QualityError(PipelineError):
    """The model is not good enough."""


class CleanupError(PipelineError):
    """Something of the run could not be removed."""
