import json

import pytest
from sagemaker.core import image_uris

from include.pipeline.documents.training.algorithm import ALGORITHMS, AlgorithmName, algorithm_of
from include.pipeline.errors import ParamError
from include.pipeline.planning.image import built_in_image
from include.sagemaker_images import write_registries

KNOWN = image_uris.config_for_framework("xgboost")["training"]
VERSIONS = {version: version for version in KNOWN["versions"]} | KNOWN["version_aliases"]


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_each_image_is_where_the_sagemaker_package_says(version: str) -> None:
    for region in KNOWN["versions"][VERSIONS[version]]["registries"]:
        assert built_in_image("xgboost", region, version) == image_uris.retrieve(
            "xgboost", region=region, version=version
        )


@pytest.mark.slow
@pytest.mark.parametrize("framework", ALGORITHMS)
def test_the_table_is_what_the_package_knows_today(framework: AlgorithmName) -> None:
    """Where it fails: `make images`."""
    table = json.loads(write_registries.file_of(framework).read_text())
    assert table == write_registries.registries(framework)
    uri = built_in_image(framework, "eu-central-1", "3.2-0" if framework == "xgboost" else "1")
    assert algorithm_of(uri) == framework
    assert f"/{ALGORITHMS[framework].repository}:" in uri


def test_the_tutorials_four_images_are_those_it_names_by_region() -> None:
    # https://aws.amazon.com/getting-started/hands-on/build-train-deploy-machine-learning-model-sagemaker/
    assert {region: built_in_image("xgboost", region, "latest") for region in ("us-west-2", "us-east-1")} == {
        "us-west-2": "433757028032.dkr.ecr.us-west-2.amazonaws.com/xgboost:latest",
        "us-east-1": "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:latest",
    }


@pytest.mark.parametrize(
    ("region", "version", "said"),
    [
        ("us-east-1", "9.9-9", r"image_version = '9.9-9'\n(.|\n)*3.2-0"),
        ("nowhere-1", "3.2-0", "in region 'nowhere-1'(.|\n)*us-east-1"),
    ],
)
def test_an_image_that_nobody_knows_is_refused(region: str, version: str, said: str) -> None:
    with pytest.raises(ParamError, match=said):
        built_in_image("xgboost", region, version)
