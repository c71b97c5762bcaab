"""Several algorithms that train on one split in one run: as the YAML has them, and as the plan has them."""

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from include.pipeline.document import Document
from include.pipeline.documents.training.algorithm import ALGORITHMS, XGBOOST, AlgorithmName
from include.pipeline.values.params import HyperparameterName, HyperparameterValue, PlainText

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.params import RunParams

LONGEST_KEY = 60
"""Characters of a run key: those of a name, 63, less room for a job's "-99"."""
# What takes an accepted model further knows one algorithm, the pipeline's.
_OF_ONE_ALGORITHM = ("score", "registry", "serve")


class ContenderSettings(BaseModel):
    """One of `algorithms`. Image and hyperparameters of the first stand in the Params."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: AlgorithmName
    image_version: PlainText | None = Field(
        default=None, description="Version of its image; null for 1, which XGBoost has to name."
    )
    hyperparameters: dict[HyperparameterName, HyperparameterValue] | None = Field(
        default=None, max_length=100, description="By the names that its image knows; null for its defaults."
    )

    def params_of(self, params: "RunParams", *, is_first: bool) -> "RunParams":
        """Put its image and hyperparameters into the Params of a run, which have those of the first."""
        if is_first:
            return params
        return params.model_copy(
            update={
                "image_version": self.image_version or "1",
                "hyperparameters": self.hyperparameters or {},
            }
        )


class Contender(Document):
    """One of several algorithms of a run, as its plan has it."""

    algorithm: AlgorithmName
    key: str
    """The name of its training job, and of the model, endpoint configuration and endpoint that it is scored
    on."""
    image_uri: str
    image_version: str
    hyperparameters: dict[str, Any]
    """As they were given."""
    training: dict[str, Any]
    """The request of `CreateTrainingJob`."""
    deployment: dict[str, Any]
    """The requests for the three resources, by `Model`, `EndpointConfig`, `Endpoint`."""


def contender_key(key: str, algorithm: AlgorithmName) -> str:
    """Derive the name of the job and the endpoint of one of several algorithms of a run.

    Args:
        key: The run key, whose last part, a digest, it has, too.
        algorithm: Which.

    Returns:
        At most 60 characters, as a run key.
    """
    readable, _, digest = key.rpartition("-")
    end = f"{digest}-{ALGORITHMS[algorithm].short}"
    return f"{readable[: LONGEST_KEY - len(end) - 1].strip('-')}-{end}"


def check_contenders(config: "PipelineConfig") -> None:
    """Refuse `algorithms` that a run could not choose the best of.

    Raises:
        PydanticCustomError: They are such.
    """
    first, *others = config.algorithms or ()
    names = [each.name for each in (first, *others)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise PydanticCustomError("algorithms", "algorithms: {name} is there twice", {"name": twice})
    if first.image_version is not None or first.hyperparameters is not None:
        raise PydanticCustomError(
            "algorithms",
            "algorithms.0: image_version and hyperparameters of the first, {name}, stand in params",
            {"name": first.name},
        )
    for place, other in enumerate(others, 1):
        if other.name == XGBOOST and other.image_version is None:
            raise PydanticCustomError(
                "algorithms",
                "algorithms.{place}: xgboost needs an image_version, such as 3.2-0",
                {"place": place},
            )
    if not config.params.validation_fraction:
        raise PydanticCustomError(
            "algorithms",
            "algorithms: the best is chosen on validation rows, a params.validation_fraction above 0",
        )
    for name in _OF_ONE_ALGORITHM:
        if getattr(config, name):
            raise PydanticCustomError(
                "algorithms",
                "{name}: is for one algorithm alone: once it is chosen, write it as algorithm",
                {"name": name},
            )
