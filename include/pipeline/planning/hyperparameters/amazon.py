"""Hyperparameters of Amazon's own algorithms: what their images, or the pipeline, would stumble over."""

from collections.abc import Callable, Iterator, Mapping

from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName
from include.pipeline.planning.hyperparameters.image_rules import ImageRules
from include.pipeline.planning.hyperparameters.request import OF_THE_ROWS, hyperparameters_of
from include.pipeline.planning.hyperparameters.usable import ANSWERS
from include.pipeline.planning.hyperparameters.values import read_values
from include.pipeline.values.params import LabelKind

_COUNTED = {
    "feature_dim": "the pipeline counts the features: leave it out",
    "num_classes": "the pipeline counts the classes: leave it out",
}
_LABELS: Mapping[LabelKind, str] = {
    "binary": "0 or 1",
    "multiclass": "one of several classes",
    "regression": "a number",
}
_LOSSES: Mapping[LabelKind, tuple[str, ...]] = {
    "binary": ("auto", "logistic"),
    "multiclass": ("auto", "softmax_loss"),
    "regression": (
        "auto",
        "squared_loss",
        "absolute_loss",
        "eps_insensitive_squared_loss",
        "eps_insensitive_absolute_loss",
        "quantile_loss",
        "huber_loss",
    ),
}
# What a way to begin draws from, where the image knows no default of it.
_DRAWN_FROM = {"uniform": "scale", "constant": "value"}


def faults_of(
    given: Mapping[str, str], algorithm: AlgorithmName, version: str, kind: LabelKind = "binary"
) -> list[str]:
    """Name what is wrong with hyperparameters, as far as that is known without the data.

    Args:
        given: Texts by name.
        algorithm: One whose rules are in a table of `include/sagemaker_images`.
        version: Of its image, which there is.
        kind: Of the label, which the algorithm learns.
    """
    rules = ImageRules.of(version, algorithm) or ImageRules("1", algorithm)
    counted = _COUNTED.keys() & rules.hyperparameters.keys() if kind == "multiclass" else {"feature_dim"}
    faults = [f"{name} = {text!r} ({_COUNTED[name]})" for name, text in given.items() if name in counted]
    others = {name: text for name, text in given.items() if name not in counted}
    sent = hyperparameters_of(others, algorithm, kind)
    # A number that each of them takes stands for what only the rows can tell.
    values, wrong = read_values(
        {name: "3" if text == OF_THE_ROWS and name not in others else text for name, text in sent.items()},
        rules,
    )
    return [
        *faults,
        *wrong,
        *_without_effect(values, rules),
        *_of_predictor_type(values, algorithm, kind),
        *_RULES[algorithm](values, others, kind),
    ]


def _without_effect(values: Mapping[str, object], rules: ImageRules) -> Iterator[str]:
    for name, needs in rules.needs.items():
        value = values.get(name, rules.hyperparameters[name].default)
        for needing, allowed in needs.items():
            if needing in values and value not in allowed:
                yield f"{needing} (has an effect with {name} = {' or '.join(allowed)} alone)"


def _of_predictor_type(
    values: Mapping[str, object], algorithm: AlgorithmName, kind: LabelKind
) -> Iterator[str]:
    wanted, found = (ALGORITHMS[algorithm].predictor_types or {}).get(kind), values.get("predictor_type", "")
    if found and found != wanted:
        yield f"predictor_type = {found!r} (the label is {_LABELS[kind]}: {wanted}, which it is without it)"


def _of_linear_learner(values: Mapping[str, object], _: Mapping[str, str], kind: LabelKind) -> Iterator[str]:
    loss = values.get("loss", "auto")
    if loss not in _LOSSES[kind]:
        wanted = f"the pipeline wants {ANSWERS[kind]} for each row: {' or '.join(_LOSSES[kind])}"
        yield f"loss = {loss!r} ({wanted})"


def _of_knn(values: Mapping[str, object], given: Mapping[str, str], _: LabelKind) -> Iterator[str]:
    target, method = (values.get(f"dimension_reduction_{what}") for what in ("target", "type"))
    if (target is None) is not (method is None):
        yield "dimension_reduction_type and dimension_reduction_target (one needs the other)"
    metric = values.get("index_metric", "L2")
    if values.get("index_type") == "faiss.IVFPQ" and metric != "L2":
        yield f"index_metric = {metric!r} (faiss.IVFPQ knows L2 alone)"
    size, k = values.get("sample_size"), values.get("k")
    if "sample_size" in given and isinstance(size, int) and isinstance(k, int) and size < k:
        yield f"sample_size = {size} (is below k = {k}, the neighbours that are asked)"


def _of_factorization_machines(
    values: Mapping[str, object], given: Mapping[str, str], _: LabelKind
) -> Iterator[str]:
    for part in ("bias", "linear", "factors"):
        method = str(values.get(f"{part}_init_method"))
        needed = f"{part}_init_{_DRAWN_FROM.get(method, '')}"
        if method in _DRAWN_FROM and needed not in given:
            yield f"{needed!r} is missing ({part}_init_method = {method} needs it)"


_RULES: Mapping[AlgorithmName, Callable[[Mapping[str, object], Mapping[str, str], LabelKind], Iterator[str]]]
_RULES = {
    "linear-learner": _of_linear_learner,
    "knn": _of_knn,
    "factorization-machines": _of_factorization_machines,
}
