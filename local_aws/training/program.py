"""What a training job is to run, beside its algorithm: the user's programs and metrics, which are refused."""

from collections.abc import Mapping

from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

# The hyperparameters by which SageMaker's toolkit finds a user's script (its params.py).
_SCRIPT_MODE = ("sagemaker_program", "sagemaker_submit_directory")


def check_program(specification: JsonObject, hyperparameters: Mapping[str, str]) -> None:
    """Refuse what would not be run or read.

    Args:
        specification: The AlgorithmSpecification of the request.
        hyperparameters: HyperParameters, or a tuning job's StaticHyperParameters.

    Raises:
        ValidationError: There are metric definitions, or a script.
    """
    if specification.get("MetricDefinitions"):
        raise ValidationError(
            "You can't override the metric definitions for Amazon SageMaker algorithms. Please retry the "
            "request without specifying metric definitions."
        )
    if scripts := [name for name in _SCRIPT_MODE if hyperparameters.get(name, "").strip('"')]:
        raise ValidationError(
            f"Local AWS has no script mode: it trains the algorithm of the image, and would ignore the hyper"
            f"parameter {scripts[0]}. Leave it out; CreateProcessingJob runs Python scripts."
        )
