"""What the pipeline itself asks of hyperparameters: one model, and one probability for each row."""

from collections.abc import Collection, Iterator, Mapping

_SIGMOID = ("binary:logistic", "reg:logistic")
_NO_PROBABILITY = {
    "binary:logitraw": "answers log-odds",
    "binary:hinge": "answers 0 or 1",
    "multi:softmax": "answers a class",
    "multi:softprob": "answers a probability for each class",
    "count:": "answers a count",
    "rank:": "answers a score for ranking",
    "reg:": "answers a value that is not bound to 0 to 1",
    "survival:": "answers a time or a hazard",
}
_WANTS_PROBABILITY = f"the pipeline wants one probability for each row: {' or '.join(_SIGMOID)}"
# A name is refused whatever its value, unless the value is the one that changes nothing.
_REFUSED: Mapping[str, tuple[str | None, str]] = {
    "csv_weights": ("0", "the pipeline writes no weights: the image would take its first column for them"),
    "process_type": ("default", "there is no earlier model to update"),
    "num_class": (None, "is for multi:softmax and multi:softprob; the label is 0 or 1"),
    "_kfold": (None, "leaves a model for each fold, where the pipeline judges and keeps one"),
    "_nfold": (None, "leaves no model, where the pipeline judges and keeps one"),
    "_num_cv_round": (None, "is for _kfold, which leaves a model for each fold; the pipeline keeps one"),
    "_tuning_objective_metric": (None, "is set by tuning jobs of SageMaker: name the metric in eval_metric"),
    "dsplit": (None, "the pipeline spreads rows, which is what the image does without it"),
    "lambda_bias": (None, "has no effect: no XGBoost of these images knows it"),
}
_SCRIPT_MODE = "sagemaker_"
# Of any instance of SageMaker: the largest has 896.
_MOST_THREADS = 1024
# XGBoost reserves memory for as many, and fails where there is too little.
_MOST_BINS = 1_000_000
_METRICS_OF_OTHERS = {
    "merror": "is for multi:softmax and multi:softprob",
    "mlogloss": "is for multi:softmax and multi:softprob",
    "interval-regression-accuracy": "is for survival:aft",
    "tweedie-nloglik": "is for reg:tweedie",
}


def split_off_refused(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Separate what the pipeline refuses by its name, before the image's rules are asked.

    Args:
        given: Texts by name.

    Returns:
        The others, and what is wrong with those refused.
    """
    others, faults = {}, []
    for name, text in given.items():
        harmless, why = _REFUSED.get(name, (text, ""))
        if name.lower().startswith(_SCRIPT_MODE):
            why = "belongs to the image's script mode, which fetches and runs code: the pipeline has none"
        elif text == harmless:
            others[name] = text
            continue
        faults.append(f"{name} = {text!r} ({why})")
    return others, faults


def unusable(values: Mapping[str, object], names: Collection[str]) -> Iterator[str]:
    """Name what the pipeline cannot use, and why.

    Args:
        values: By name: those that are valid for the image, as it reads them.
        names: Of all that are given.
    """
    objective = values.get("objective")
    if "objective" not in names:
        yield f"'objective' is missing ({_WANTS_PROBABILITY})"
    elif objective is not None and objective not in _SIGMOID:
        whys = (why for start, why in _NO_PROBABILITY.items() if str(objective).startswith(start))
        yield f"objective = {objective!r} ({next(whys, 'is not known')}; {_WANTS_PROBABILITY})"
    base = values.get("base_score")
    if isinstance(base, float) and not 0 < base < 1:
        yield f"base_score = {base} (has to be a probability between 0 and 1, neither of them itself)"
    metrics = values.get("eval_metric")
    for metric in metrics if isinstance(metrics, list) else ():
        if metric in _METRICS_OF_OTHERS:
            yield f"eval_metric = {metric!r} ({_METRICS_OF_OTHERS[metric]}, and fails on a label of 0 and 1)"
    if "early_stopping_rounds" in names and "eval_metric" not in names:
        yield "early_stopping_rounds (has no effect without eval_metric, whose last metric it stops by)"
    for name, most in (("nthread", _MOST_THREADS), ("max_bin", _MOST_BINS)):
        value = values.get(name)
        if isinstance(value, int) and value > most:
            yield f"{name} = {value} (has to be at most {most})"
