"""The hyperparameters of k-NN are read and refused in the words of Amazon's own algorithms."""

from typing import Any

import pytest

from local_aws.algorithms.knn.hyperparameters import validate
from local_aws.errors import ClientError

REQUIRED = {"feature_dim": "10", "k": "3", "predictor_type": "classifier", "sample_size": "100"}
CHOICE = "hyperparameter which accepts one of the following:"
INTEGER = "hyperparameter which expects an integer greater than 1"


def test_defaults() -> None:
    values = validate(REQUIRED)
    assert (values["k"], values["index_type"], values["index_metric"]) == (3, "faiss.Flat", "L2")
    assert (values["mini_batch_size"], values["faiss_index_ivf_nlists"]) == (5000, "auto")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"k": None}, "No value(s) were specified for 'k' which are required hyperparameter(s)"),
        (
            {"k": None, "sample_size": None, "feature_dim": None, "predictor_type": None},
            (
                "No value(s) were specified for 'feature_dim', 'k', 'predictor_type', 'sample_size' which "
                "are required hyperparameter(s)"
            ),
        ),
        ({"foo": "1"}, "Additional hyperparameters are not allowed ('foo' was unexpected)"),
        (
            {"foo": "1", "bar": "1"},
            "Additional hyperparameters are not allowed ('bar', 'foo' were unexpected)",
        ),
        *[
            ({name: text}, f"The value '{text}' is not valid for the '{name}' {INTEGER}")
            for name in ("feature_dim", "k", "sample_size", "mini_batch_size", "dimension_reduction_target")
            for text in ("0", "1.5", "ten")
        ],
        *[
            (
                {name: text},
                f"The value '{text}' is not valid for the '{name}' {CHOICE} {allowed}",
            )
            for name, text, allowed in [
                ("predictor_type", "clusterer", "'classifier', 'regressor'"),
                ("dimension_reduction_type", "pca", "'sign', 'fjlt'"),
                ("index_metric", "l2", "'COSINE', 'INNER_PRODUCT', 'L2'"),
                ("index_type", "Flat", "'faiss.Flat', 'faiss.IVFFlat', 'faiss.IVFPQ'"),
                ("_tuning_objective_metric", "test:f1", "'test:accuracy', 'test:mse'"),
            ]
        ],
        (
            {"faiss_index_ivf_nlists": "none"},
            (
                "The value 'none' is not valid for the 'faiss_index_ivf_nlists' hyperparameter which expects "
                "one of the following: 'auto'; or an integer greater than 1"
            ),
        ),
        (
            {"dimension_reduction_type": "sign"},
            (
                "No value(s) were specified for 'dimension_reduction_target' which are required "
                "hyperparameter(s)"
            ),
        ),
        (
            {"dimension_reduction_type": "sign", "dimension_reduction_target": "10"},
            (
                "The value '10' is not valid for the 'dimension_reduction_target' hyperparameter which "
                "expects an integer greater than 0 and less than 'feature_dim'"
            ),
        ),
        (
            {"index_type": "faiss.IVFPQ", "index_metric": "COSINE"},
            (
                "The value 'COSINE' is not valid for the 'index_metric' hyperparameter which accepts one of "
                "the following: 'L2'"
            ),
        ),
    ],
)
def test_refusals(changes: dict[str, Any], sentence: str) -> None:
    given = {name: text for name, text in {**REQUIRED, **changes}.items() if text is not None}
    with pytest.raises(ClientError) as caught:
        validate(given)
    assert str(caught.value).startswith(f"{sentence} (caused by ValidationError)\n\nCaused by: ")


def test_faiss_index_pq_m_is_one_of_a_list() -> None:
    assert validate({**REQUIRED, "faiss_index_pq_m": "96"})["faiss_index_pq_m"] == "96"
    with pytest.raises(ClientError, match="The value '5' is not valid for the 'faiss_index_pq_m'"):
        validate({**REQUIRED, "faiss_index_pq_m": "5"})
