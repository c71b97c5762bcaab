"""The verdict on a run's hyperparameters: what the image, its library or the pipeline would stumble over."""

import logging
import re

from include.pipeline.documents.params import RunParams, has_rounds
from include.pipeline.documents.training.algorithm import ALGORITHMS, XGBOOST, AlgorithmName
from include.pipeline.documents.training.tune import TuneSettings
from include.pipeline.errors import ParamError
from include.pipeline.planning.hyperparameters.amazon import faults_of
from include.pipeline.planning.hyperparameters.image_rules import ImageRules
from include.pipeline.planning.hyperparameters.ranges import range_faults, tried
from include.pipeline.planning.hyperparameters.request import BALANCED
from include.pipeline.planning.hyperparameters.usable import ANSWERS, split_off_refused, unusable
from include.pipeline.planning.hyperparameters.values import read_values
from include.pipeline.planning.hyperparameters.xgboost_combinations import Training, combination_faults
from include.pipeline.values.params import LabelKind

log = logging.getLogger(__name__)
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html: the families P and G.
_HAS_GPU = re.compile(r"ml\.[pg][a-z]*\d")


def check_algorithm(params: RunParams, algorithm: AlgorithmName) -> None:
    """Refuse Params that ask for what an algorithm's model cannot give.

    Raises:
        ParamError: They do.
    """
    if params.max_roc_auc_drop is not None and not ALGORITHMS[algorithm].is_readable:
        raise ParamError(
            f"max_roc_auc_drop = {params.max_roc_auc_drop:g}",
            f"it is empty for {ALGORITHMS[algorithm].title}, whose models score rows on an endpoint alone: a "
            "run does not deploy the last accepted one beside its own",
            "Leave it empty, or train with algorithm: xgboost",
        )


def check_hyperparameters(
    params: RunParams,
    kind: LabelKind = "binary",
    algorithm: AlgorithmName = XGBOOST,
    tune: TuneSettings | None = None,
) -> None:
    """Check the hyperparameters as far as that is possible without the data.

    Args:
        params: The run's, whose image version is one that there is.
        kind: Of the label.
        algorithm: Which the pipeline trains with.
        tune: What a tuning job chooses, beside those of the Params: each end of a range is checked as if it
            had been given, with each end of each other one.

    Raises:
        ParamError: One message for all hyperparameters at fault.
    """
    given = {name: str(value) for name, value in params.hyperparameters.items()}
    is_xgboost = algorithm == XGBOOST
    faults = []
    if tune:
        faults = range_faults(tune, given, algorithm, params.image_version)
    for trial in tried(tune) if not faults else ():
        sent = given | trial
        faults += (
            _of_xgboost(sent, params, kind)
            if is_xgboost
            else faults_of(sent, algorithm, params.image_version, kind)
        )
    faults = list(dict.fromkeys(faults))
    if faults:
        image = params.image_version if is_xgboost else f"{algorithm}:{params.image_version}"
        raise ParamError(
            f"hyperparameters: {'; '.join(faults)}",
            f"hyperparameters are such that image {image} can train with them, and that the "
            f"model answers {ANSWERS[kind]} for each row",
            "Correct them and trigger the run again",
        )


def _of_xgboost(given: dict[str, str], params: RunParams, kind: LabelKind) -> list[str]:
    if kind == "binary" and given.get("scale_pos_weight") == BALANCED:
        # Any number: which it will be, the training rows decide.
        given = given | {"scale_pos_weight": "1"}
    others, faults = split_off_refused(given, kind)
    rules = ImageRules.of(params.image_version)
    if rules is None:
        log.warning("The rules of image %s are not known: not checked", params.image_version)
        if not has_rounds(given):
            faults.append("num_round (is required, a whole number from 1 on)")
        return [*faults, *unusable(others, others, kind)]
    values, wrong = read_values(others, rules)
    training = Training(
        values,
        rules,
        instances=params.training_instance_count,
        has_gpu=_HAS_GPU.match(params.training_instance_type) is not None,
    )
    return [*faults, *wrong, *combination_faults(training), *unusable(values, others, kind)]
