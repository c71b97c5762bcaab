"""Whether an algorithm is one for the table and the settings of a pipeline, as far as its YAML tells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from include.pipeline.documents.params import has_rounds
from include.pipeline.documents.training.algorithm import ALGORITHMS, CSV, XGBOOST, AlgorithmName

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig

# https://docs.aws.amazon.com/sagemaker/latest/dg/model-managed-spot-training.html
_LONGEST_WITHOUT_CHECKPOINTS = 3600


def check_suits(
    config: "PipelineConfig", name: AlgorithmName, hyperparameters: Mapping[str, Any], where: str
) -> None:
    """Refuse an algorithm that is none for the pipeline.

    Args:
        config: Of the pipeline.
        name: Of the algorithm.
        hyperparameters: Its own.
        where: They stand in the YAML.

    Raises:
        PydanticCustomError: It is none.
    """
    algorithm = ALGORITHMS[name]
    if name == XGBOOST and not has_rounds(hyperparameters):
        raise PydanticCustomError(
            "num_round", "{where}: num_round is required, a whole number from 1 on", {"where": where}
        )
    if algorithm.predictor_types is not None and config.table.kind not in algorithm.predictor_types:
        raise PydanticCustomError(
            "kind",
            "{field}: {title} is for kind: {kinds}",
            {
                "field": "algorithms" if config.algorithms else "algorithm",
                "title": algorithm.title,
                "kinds": " or ".join(algorithm.predictor_types),
            },
        )
    spot = config.aws.spot
    if spot and not algorithm.has_checkpoints and spot.max_wait_seconds > _LONGEST_WITHOUT_CHECKPOINTS:
        raise PydanticCustomError(
            "spot",
            "aws.spot.max_wait_seconds: is at most {most} for {title}, which writes no checkpoints",
            {"most": _LONGEST_WITHOUT_CHECKPOINTS, "title": algorithm.title},
        )
    if config.score and algorithm.request_type != CSV:
        raise PydanticCustomError(
            "score",
            "score: new rows are sent to a job as CSV, which {title} does not take",
            {"title": algorithm.title},
        )
    if config.table.groups and not algorithm.takes_missing:
        raise PydanticCustomError(
            "groups",
            "table.groups: are told of xgboost alone, as {title} gets its features scaled",
            {"title": algorithm.title},
        )
