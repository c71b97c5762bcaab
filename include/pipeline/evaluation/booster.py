"""What a process of its own works out from a model file: `python -m include.pipeline.evaluation.booster`.

XGBoost's reader trusts what it reads: of a damaged file it may crash, take all memory or never return. So it
runs here, with limits, and nothing depends on this process but its answer. `model_process` starts it.
"""

import io
import json
import os
import resource
import signal
import sys
from typing import Any

_LARGEST_ANSWER = 1024**3
# xgboost imports these where they are installed, for interfaces that nothing here uses: most of its start.
_NOT_NEEDED = ("pandas", "sklearn")


def limit(seconds: int, memory: int) -> None:
    """Bound what this process may take, whatever becomes of the one that started it.

    Args:
        seconds: Until it is ended; by the clock.
        memory: Bytes of its data.
    """
    for kind, value in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, _LARGEST_ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
    # Its action is the system's own, so that it ends C code, too.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)


def answer(
    question: str,
    model: bytes,
    features: bytes,
    families: dict[str, list[int]] | None = None,
    *,
    are_known: bool = False,
) -> dict[str, Any]:
    """Work out one thing from a model file.

    Args:
        question: `contributions` or `scores`.
        model: The model file.
        features: CSV lines without header, shape `(rows, columns)`.
        families: Columns, by their places, that may be one-hot together, by their common name.
        are_known: Whether they are known to be: a row may have a 1 in none, or no value.

    Returns:
        `scores`, of shape `(rows,)`; or `contributions`, the mean over the rows of each column's absolute
        SHAP value, with the bias as the last, the `shape` of all values, `gains`, `directions`, the
        correlation of each column with its SHAP values, and `families`, the mean of the absolute sum of the
        SHAP values of each family that is one-hot. Or `refused`, the reason why there are none.
    """
    import numpy as np  # noqa: PLC0415 - under the limits
    import pyarrow as pa  # noqa: PLC0415
    import xgboost  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    try:
        booster = xgboost.Booster(model_file=bytearray(model))
    # A ValueError: XGBoost's message quotes the file, and may not be text.
    except (xgboost.core.XGBoostError, ValueError) as error:
        return {"refused": f"The model cannot be read: {error}"}
    columns = [f"f{column}" for column in range(features.split(b"\n", 1)[0].count(b",") + 1)]
    table = csv.read_csv(
        io.BytesIO(features),
        csv.ReadOptions(use_threads=False, column_names=columns),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.float32())),
    )
    values = np.column_stack([column.to_numpy() for column in table.columns])
    rows = xgboost.DMatrix(values)
    try:
        if question == "scores":
            return {"scores": booster.predict(rows, validate_features=False).tolist()}
        contributions = booster.predict(rows, pred_contribs=True, validate_features=False)
        gains = booster.get_score(importance_type="gain")
    except (xgboost.core.XGBoostError, ValueError) as error:
        return {"refused": f"The model cannot be explained: {error}"}
    if contributions.ndim > 2:  # noqa: PLR2004 - an axis for the outputs, such as classes
        mean = np.abs(contributions).mean(axis=1)
        return {
            "contributions": mean.mean(axis=0).tolist(),
            "shape": mean.shape,
            "gains": gains,
            "directions": [None] * values.shape[1],
            "families": {
                name: float(np.abs(contributions[:, :, places].sum(axis=2)).mean())
                for name, places in (families or {}).items()
                if are_known or _is_one_hot(values[:, places])
            },
        }
    found = {
        "contributions": np.abs(contributions).mean(axis=0).tolist(),
        "shape": contributions.shape,
        "gains": gains,
    }
    found["directions"] = [
        _correlation(values[:, column], contributions[:, column]) for column in range(values.shape[1])
    ]
    found["families"] = {
        name: float(np.abs(contributions[:, places].sum(axis=1)).mean())
        for name, places in (families or {}).items()
        if are_known or _is_one_hot(values[:, places])
    }
    return found


def _correlation(values: Any, contributions: Any) -> float | None:
    """Correlate a column with its SHAP values where it has one; None where either is the same everywhere."""
    import numpy as np  # noqa: PLC0415

    there = np.isfinite(values)
    values, contributions = values[there].astype("float64"), contributions[there].astype("float64")
    if not len(values) or not np.ptp(values) or not np.ptp(contributions):
        return None
    with np.errstate(all="ignore"):
        found = float(np.corrcoef(values, contributions)[0, 1])
    return found if np.isfinite(found) else None


def _is_one_hot(values: Any) -> bool:
    """Tell whether each row has a 1 in one of the columns, and a 0 in the others."""
    return bool(((values == 0) | (values == 1)).all() and (values.sum(axis=1) == 1).all())


def main() -> None:
    """Answer one question: a line of JSON on standard input, then the model, then the rows."""
    asked = json.loads(sys.stdin.buffer.readline())
    limit(asked["seconds"], asked["memory"])
    model = sys.stdin.buffer.read(asked["model_bytes"])
    features = sys.stdin.buffer.read()
    sys.modules.update(dict.fromkeys(_NOT_NEEDED))  # type: ignore[arg-type]
    json.dump(
        answer(asked["question"], model, features, asked["families"], are_known=asked["are_known"]),
        sys.stdout,
    )
    sys.stdout.flush()
    # Without the libraries' own end, in which a thread that is left aborts the process now and then.
    os._exit(0)


if __name__ == "__main__":
    main()
