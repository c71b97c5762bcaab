"""What local AWS neither reads nor runs beside an algorithm: metric definitions, and scripts elsewhere."""

from collections.abc import Mapping

from local_aws.algorithms.registry import Algorithm, has_own_model
from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

# The hyperparameters by which SageMaker's toolkit finds a user's script (its params.py).
_SCRIPT_MODE = ("sagemaker_program", "sagemaker_submit_directory")


def check_metrics(specification: JsonObject) -> None:
    """Refuse metric definitions, as AWS does for its own algorithms.

    Raises:
        ValidationError: The AlgorithmSpecification has some.
    """
    if specification.get("MetricDefinitions"):
        raise ValidationError(
            "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the "
            "request without specifying metric definitions."
        )


def refuse_script(hyperparameters: Mapping[str, str], where: str) -> None:
    """Refuse a script where none is run.

    Args:
        hyperparameters: HyperParameters, or a tuning job's StaticHyperParameters.
        where: What it is that runs none.

    Raises:
        ValidationError: There is one.
    """
    if scripts := [name for name in _SCRIPT_MODE if hyperparameters.get(name, "").strip('"')]:
        raise ValidationError(
            f"Local AWS has no script mode for {where}, and would ignore the hyperparameter {scripts[0]}. "
            "Leave it out; CreateTrainingJob runs scripts of the XGBoost and scikit-learn images, "
            "CreateProcessingJob any."
        )


def check_trains(algorithm: Algorithm) -> None:
    """Refuse an image without a script that has nothing to train by itself.

    Raises:
        ValidationError: It is such an image.
    """
    if not has_own_model(algorithm):
        raise ValidationError(
            f"The image {algorithm.image} has no algorithm of its own. Name your script by the "
            f"hyperparameters {' and '.join(_SCRIPT_MODE)}, or a command as ContainerEntrypoint."
        )
