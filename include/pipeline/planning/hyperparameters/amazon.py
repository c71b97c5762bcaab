"""Hyperparameters of Amazon's own algorithms: what their images, or the pipeline, would stumble over."""

from collections.abc import Iterator, Mapping

from include.pipeline.documents.training.algorithm import AlgorithmName
from include.pipeline.planning.hyperparameters.image_rules import ImageRules
from include.pipeline.planning.hyperparameters.request import OF_THE_ROWS, hyperparameters_of
from include.pipeline.planning.hyperparameters.values import read_values

_COUNTED = {"feature_dim": "the pipeline counts the features: leave it out"}
_PREDICTOR_TYPES: Mapping[AlgorithmName, str] = {
    "linear-learner": "binary_classifier",
    "knn": "classifier",
}
_LOSSES = ("auto", "logistic")


def faults_of(given: Mapping[str, str], algorithm: AlgorithmName, version: str) -> list[str]:
    """Name what is wrong with hyperparameters, as far as that is known without the data.

    Args:
        given: Texts by name.
        algorithm: One whose rules are in a table of `include/sagemaker_images`.
        version: Of its image, which there is.
    """
    rules = ImageRules.of(version, algorithm) or ImageRules("1", algorithm)
    faults = [f"{name} = {text!r} ({_COUNTED[name]})" for name, text in given.items() if name in _COUNTED]
    others = {name: text for name, text in given.items() if name not in _COUNTED}
    sent = hyperparameters_of(others, algorithm)
    # A whole number stands for each that only the rows can tell.
    values, wrong = read_values(
        {name: "1" if text == OF_THE_ROWS and name not in others else text for name, text in sent.items()},
        rules,
    )
    return [*faults, *wrong, *_without_effect(values, rules), *_of_algorithm(values, others, algorithm)]


def _without_effect(values: Mapping[str, object], rules: ImageRules) -> Iterator[str]:
    for name, needs in rules.needs.items():
        value = values.get(name, rules.hyperparameters[name].default)
        for needing, allowed in needs.items():
            if needing in values and value not in allowed:
                yield f"{needing} (has an effect with {name} = {' or '.join(allowed)} alone)"


def _of_algorithm(
    values: Mapping[str, object], given: Mapping[str, str], algorithm: AlgorithmName
) -> Iterator[str]:
    wanted, found = _PREDICTOR_TYPES[algorithm], values.get("predictor_type", "")
    if found and found != wanted:
        yield f"predictor_type = {found!r} (the label is 0 or 1: {wanted}, which it is without it)"
    if algorithm == "linear-learner":
        loss = values.get("loss", "auto")
        if loss not in _LOSSES:
            yield f"loss = {loss!r} (the pipeline wants one probability for each row: {' or '.join(_LOSSES)})"
        return
    target, method = (values.get(f"dimension_reduction_{what}") for what in ("target", "type"))
    if (target is None) is not (method is None):
        yield "dimension_reduction_type and dimension_reduction_target (one needs the other)"
    metric = values.get("index_metric", "L2")
    if values.get("index_type") == "faiss.IVFPQ" and metric != "L2":
        yield f"index_metric = {metric!r} (faiss.IVFPQ knows L2 alone)"
    size, k = values.get("sample_size"), values.get("k")
    if "sample_size" in given and isinstance(size, int) and isinstance(k, int) and size < k:
        yield f"sample_size = {size} (is below k = {k}, the neighbours that are asked)"
