"""Algorithms are found by image URI."""

import pytest

from local_aws.algorithms.registry import find_algorithm
from local_aws.errors import ValidationError

REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    ("uri", "image"),
    [
        (f"{REGISTRY}/sagemaker-xgboost:3.2-0", "sagemaker-xgboost:3.2-0"),
        (f"{REGISTRY}/sagemaker-xgboost:1.7-1-cpu-py3", "sagemaker-xgboost:1.7-1"),
        (
            "451049120500.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:3.0-5",
            "sagemaker-xgboost:3.0-5",
        ),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest", "xgboost:latest"),
        ("811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", "xgboost:1"),
    ],
)
def test_known_images(uri: str, image: str) -> None:
    found = find_algorithm(uri)
    assert (found.name, found.image, found.kept_image) == ("xgboost", image, "sagemaker-xgboost:3.2-0")


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1", "knn"),
        (
            "382416733822.dkr.ecr.us-east-1.amazonaws.com/factorization-machines:1",
            "factorization_machines",
        ),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1", "kmeans"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/pca:1", "pca"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/randomcutforest:1", "random_cut_forest"),
        ("390948362332.dkr.ecr.cn-north-1.amazonaws.com.cn/linear-learner:1", "linear_learner"),
    ],
)
def test_images_of_amazons_own_algorithms(uri: str, name: str) -> None:
    image = uri.rpartition("/")[2]
    found = find_algorithm(uri)
    assert (found.name, found.image, found.kept_image) == (name, image, image)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "sagemaker-xgboost:3.2-0",
        f"{REGISTRY}/sagemaker-xgboost",
        f"{REGISTRY}/sagemaker-xgboost:9.9-9",
        f"{REGISTRY}/xgboost:2",
        f"{REGISTRY}/knn:2",
        f"{REGISTRY}/linear_learner:1",
        f"{REGISTRY}/toolkit:1",
        f"{REGISTRY}/ntm:1",
        f"{REGISTRY}/mine@sha256:0",
        f"{REGISTRY}.evil/../sagemaker-xgboost:3.2-0",
    ],
)
def test_everything_else_is_refused_with_the_list_of_what_runs(uri: str) -> None:
    with pytest.raises(ValidationError, match=r"sagemaker-xgboost:3\.2-0, ") as caught:
        find_algorithm(uri)
    assert f'"{uri}"' in str(caught.value)
