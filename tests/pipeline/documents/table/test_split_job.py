"""`split_on` and `processing` of a pipeline's YAML: what is accepted, and what is refused by name."""

from typing import Any

import pytest
from pydantic import ValidationError

from include.pipeline.documents.config import PipelineConfig, load_config, pipeline_names
from include.pipeline.documents.table.split_job import ProcessingSettings
from tests.pipeline.split_jobs import IMAGE, PROCESSING, fields

DIGEST = f"sha256:{'5a' * 32}"


def test_without_it_the_worker_splits_all_tables() -> None:
    assert {load_config(name).split_on for name in pipeline_names()} == {"worker"}
    assert PipelineConfig.model_validate(fields(None, "worker")).processing is None


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        (IMAGE, ("123456789012", "us-east-1", "pipeline")),
        (
            f"123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/split@{DIGEST}",
            ("123456789012", "cn-north-1", "team/split"),
        ),
        (
            "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.11-cpu",
            ("763104351884", "eu-west-1", "pytorch-training"),
        ),
    ],
)
def test_an_image_lies_in_a_registry_of_ecr(image: str, repository: tuple[str, str, str]) -> None:
    assert ProcessingSettings(above_bytes=0, image=image).repository == repository


@pytest.mark.parametrize(
    ("split_on", "processing", "said"),
    [
        ("processing", None, "split_on = processing needs processing, with above_bytes and image"),
        ("worker", PROCESSING, "processing: is for split_on = processing alone"),
        ("job", PROCESSING, "split_on"),
        ("processing", {"image": IMAGE}, "processing.above_bytes"),
        ("processing", {"above_bytes": 5}, "processing.image"),
        ("processing", PROCESSING | {"above_bytes": -1}, "processing.above_bytes"),
        ("processing", PROCESSING | {"above_bytes": 5 * 1024**3}, "processing.above_bytes"),
        ("processing", PROCESSING | {"image": "pipeline:1"}, "processing.image"),
        ("processing", PROCESSING | {"image": IMAGE.removesuffix(":1")}, "processing.image"),
        ("processing", PROCESSING | {"instance_type": "m5.large"}, "processing.instance_type"),
        ("processing", PROCESSING | {"instance_count": 2}, "processing.instance_count"),
        ("processing", PROCESSING | {"volume_gb": 0}, "processing.volume_gb"),
        ("processing", PROCESSING | {"max_runtime_seconds": 777_601}, "processing.max_runtime_seconds"),
    ],
)
def test_what_does_not_go_together_is_refused_by_name(split_on: str, processing: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PipelineConfig.model_validate(fields(processing, split_on))
    places = {".".join(str(part) for part in fault["loc"]) for fault in refused.value.errors()}
    assert said in places or said in str(refused.value)
