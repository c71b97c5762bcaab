"""What the pipeline itself asks of hyperparameters: one model, and what it answers for each row."""

from collections.abc import Collection, Iterator, Mapping

from include.pipeline.values.params import LabelKind

ANSWERS: Mapping[LabelKind, str] = {
    "binary": "one probability",
    "multiclass": "a probability of each class",
    "regression": "a value in the label's unit",
}
"""What the model answers for a row."""
_OBJECTIVES: Mapping[LabelKind, tuple[str, ...]] = {
    "binary": ("binary:logistic", "reg:logistic"),
    "multiclass": ("multi:softprob",),
    "regression": ("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror"),
}
_OTHER_ANSWERS = {
    "binary:logistic": "answers one probability",
    "reg:logistic": "answers one probability",
    "binary:logitraw": "answers log-odds",
    "binary:hinge": "answers 0 or 1",
    "multi:softmax": "answers a class",
    "multi:softprob": "answers a probability for each class",
    "count:": "answers a count",
    "rank:": "answers a score for ranking",
    "reg:": "answers a value that is not bound to 0 to 1",
    "survival:": "answers a time or a hazard",
}
# A name is refused whatever its value, unless the value is the one that changes nothing.
_REFUSED: Mapping[str, tuple[str | None, str]] = {
    "csv_weights": ("0", "the pipeline writes no weights: the image would take its first column for them"),
    "process_type": ("default", "there is no earlier model to update"),
    "_kfold": (None, "leaves a model for each fold, where the pipeline judges and keeps one"),
    "_nfold": (None, "leaves no model, where the pipeline judges and keeps one"),
    "_num_cv_round": (None, "is for _kfold, which leaves a model for each fold; the pipeline keeps one"),
    "_tuning_objective_metric": (None, "is set by tuning jobs of SageMaker: name the metric in eval_metric"),
    "dsplit": (None, "the pipeline spreads rows, which is what the image does without it"),
    "lambda_bias": (None, "has no effect: no XGBoost of these images knows it"),
}
_REFUSED_OF: Mapping[LabelKind, Mapping[str, tuple[str | None, str]]] = {
    "binary": {"num_class": (None, "is for multi:softmax and multi:softprob; the label is 0 or 1")},
    "multiclass": {"scale_pos_weight": ("1", "is for a label of 0 and 1")},
    "regression": {
        "num_class": (None, "is for multi:softmax and multi:softprob; the label is a number"),
        "scale_pos_weight": ("1", "is for a label of 0 and 1"),
    },
}
_FEWEST_CLASSES = 2
_SCRIPT_MODE = "sagemaker_"
# Of any instance of SageMaker: the largest has 896.
_MOST_THREADS = 1024
# XGBoost reserves memory for as many, and fails where there is too little.
_MOST_BINS = 1_000_000
_METRICS_OF: Mapping[LabelKind, tuple[str, ...]] = {
    "multiclass": ("mlogloss", "merror", "auc"),
    "regression": ("rmse", "rmsle", "mae", "mape", "mphe"),
}
_METRICS_OF_OTHERS = {
    "merror": "is for multi:softmax and multi:softprob",
    "mlogloss": "is for multi:softmax and multi:softprob",
    "interval-regression-accuracy": "is for survival:aft",
    "tweedie-nloglik": "is for reg:tweedie",
}


def split_off_refused(
    given: Mapping[str, str], kind: LabelKind = "binary"
) -> tuple[dict[str, str], list[str]]:
    """Separate what the pipeline refuses by its name, before the image's rules are asked.

    Args:
        given: Texts by name.
        kind: Of the label.

    Returns:
        The others, and what is wrong with those refused.
    """
    others, faults = {}, []
    refused = {**_REFUSED, **_REFUSED_OF[kind]}
    for name, text in given.items():
        harmless, why = refused.get(name, (text, ""))
        if name.lower().startswith(_SCRIPT_MODE):
            why = "belongs to the image's script mode, which fetches and runs code: the pipeline has none"
        elif text == harmless:
            others[name] = text
            continue
        faults.append(f"{name} = {text!r} ({why})")
    return others, faults


def unusable(
    values: Mapping[str, object], names: Collection[str], kind: LabelKind = "binary"
) -> Iterator[str]:
    """Name what the pipeline cannot use, and why.

    Args:
        values: By name: those that are valid for the image, as it reads them.
        names: Of all that are given.
        kind: Of the label.
    """
    wants = f"the pipeline wants {ANSWERS[kind]} for each row: {' or '.join(_OBJECTIVES[kind])}"
    objective = values.get("objective")
    if "objective" not in names:
        yield f"'objective' is missing ({wants})"
    elif objective is not None and objective not in _OBJECTIVES[kind]:
        whys = (why for start, why in _OTHER_ANSWERS.items() if str(objective).startswith(start))
        yield f"objective = {objective!r} ({next(whys, 'is not known')}; {wants})"
    if kind == "multiclass":
        yield from _classes(values, names)
    base = values.get("base_score")
    if kind == "binary" and isinstance(base, float) and not 0 < base < 1:
        yield f"base_score = {base} (has to be a probability between 0 and 1, neither of them itself)"
    metrics = values.get("eval_metric")
    for metric in metrics if isinstance(metrics, list) else ():
        if kind in _METRICS_OF:
            if metric not in _METRICS_OF[kind]:
                yield f"eval_metric = {metric!r} (kind: {kind} has {', '.join(_METRICS_OF[kind])})"
        elif metric in _METRICS_OF_OTHERS:
            yield f"eval_metric = {metric!r} ({_METRICS_OF_OTHERS[metric]}, and fails on a label of 0 and 1)"
    if "early_stopping_rounds" in names and "eval_metric" not in names:
        yield "early_stopping_rounds (has no effect without eval_metric, whose last metric it stops by)"
    for name, most in (("nthread", _MOST_THREADS), ("max_bin", _MOST_BINS)):
        value = values.get(name)
        if isinstance(value, int) and value > most:
            yield f"{name} = {value} (has to be at most {most})"


def _classes(values: Mapping[str, object], names: Collection[str]) -> Iterator[str]:
    count = values.get("num_class")
    if "num_class" not in names:
        yield "'num_class' is missing (the number of classes that the label has)"
    elif isinstance(count, int) and count < _FEWEST_CLASSES:
        yield f"num_class = {count} (a label has {_FEWEST_CLASSES} classes or more)"
