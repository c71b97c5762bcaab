"""The verdict on a run's hyperparameters: what the image, its XGBoost or the pipeline would stumble over."""

import logging
import re

from include.pipeline.documents.params import RunParams
from include.pipeline.errors import ParamError
from include.pipeline.planning.hyperparameter_values import read_values
from include.pipeline.planning.image_rules import ImageRules
from include.pipeline.planning.usable_hyperparameters import ANSWERS, split_off_refused, unusable
from include.pipeline.planning.xgboost_combinations import Training, combination_faults
from include.pipeline.values.params import LabelKind

log = logging.getLogger(__name__)
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html: the families P and G.
_HAS_GPU = re.compile(r"ml\.[pg][a-z]*\d")


def check_hyperparameters(params: RunParams, kind: LabelKind = "binary") -> None:
    """Check the hyperparameters as far as that is possible without the data.

    Args:
        params: The run's, whose image version is one that there is.
        kind: Of the label.

    Raises:
        ParamError: One message for all hyperparameters at fault.
    """
    given = {name: str(value) for name, value in params.hyperparameters.items()}
    others, faults = split_off_refused(given, kind)
    rules = ImageRules.of(params.image_version)
    if rules is None:
        log.warning("The rules of image %s are not known: not checked", params.image_version)
        faults += unusable(others, others, kind)
    else:
        values, wrong = read_values(others, rules)
        training = Training(
            values,
            rules,
            instances=params.training_instance_count,
            has_gpu=_HAS_GPU.match(params.training_instance_type) is not None,
        )
        faults += wrong
        faults += combination_faults(training)
        faults += unusable(values, others, kind)
    if faults:
        raise ParamError(
            f"hyperparameters: {'; '.join(faults)}",
            f"hyperparameters are such that image {params.image_version} can train with them, and that the "
            f"model answers {ANSWERS[kind]} for each row",
            "Correct them and trigger the run again",
        )
