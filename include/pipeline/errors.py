"""Every way in which the pipeline itself refuses to go on.

    PipelineError
    ├── ConfigError    a pipeline's YAML file
    ├── ParamError     Params, Airflow Variables, the connection: found by `plan`
    ├── SourceError    the data could not be downloaded as it should be
    ├── DataError      the table is not one that a model can be trained on
    ├── DriftError     the data is not like the previous version
    ├── TrainingError  the training job ended without a model
    ├── EndpointError  the endpoint did not come up, or did not answer as it should
    ├── OwnerError     something of that name is there already, and another's
    ├── ObjectError    an object on S3 is absent or denied, or S3 cannot be read
    ├── DocumentError  what an earlier run stored cannot be read any more
    ├── QualityError   the model is not good enough
    └── CleanupError   something of the run could not be removed

None of them goes away by trying again, so a task that raises one fails at once.
"""


class PipelineError(Exception):
    """What was found, the rule it breaks, and how to mend it.

    Args:
        found: The value at fault with its name, such as `train_fraction = 1.5`.
        rule: What it has to be, as a clause.
        mend: What to do about it, as a sentence without its full stop.
    """

    def __init__(self, found: str, rule: str, mend: str) -> None:
        super().__init__(f"{found}: {rule}. {mend}.")
        self.found = found
        self.rule = rule
        self.mend = mend


class ConfigError(PipelineError):
    """A pipeline's YAML file is not valid."""


class ParamError(PipelineError):
    """A Param, Airflow Variable or connection setting is not valid."""


class SourceError(PipelineError):
    """The data could not be downloaded as it should be."""


class DataError(PipelineError):
    """The table is not one that a model can be trained on."""


class DriftError(PipelineError):
    """The data is not like the previous version."""


class TrainingError(PipelineError):
    """The training job ended without a model."""


class EndpointError(PipelineError):
    """The endpoint did not come up, or did not answer as it should."""


class OwnerError(PipelineError):
    """Something of that name is there already, and another's."""


class ObjectError(PipelineError):
    """An object on S3 is absent or denied, or S3 cannot be read."""


class DocumentError(PipelineError):
    """What an earlier run stored cannot be read any more."""


class QualityError(PipelineError):
    """The model is not good enough."""


class CleanupError(PipelineError):
    """Something of the run could not be removed."""
