from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from include.pipeline.documents.config import DATASETS, LIMITS_FILE, load_config
from include.pipeline.documents.limits import Limits
from include.pipeline.errors import ConfigError
from tests.project import PROJECT


def fault_of(**fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Limits.model_validate(fields)
    error, *_ = refused.value.errors()
    return f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def test_the_defaults_are_what_the_tutorial_has() -> None:
    defaults, params = Limits(), load_config("bank_marketing").params
    assert (defaults.buckets, defaults.partner_buckets, defaults.roles, defaults.s3_sources) == (
        (),
        {},
        (),
        (),
    )
    assert params.image_version in defaults.image_versions
    assert defaults.instance_types is not None
    assert {params.training_instance_type, params.endpoint_instance_type} <= set(defaults.instance_types)
    assert (defaults.max_training_instances, defaults.max_endpoint_instances) == (1, 1)
    assert (defaults.keep_endpoint, defaults.delete_data) == (False, False)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"bucket": ["team"]}, "bucket: Extra inputs are not permitted"),
        ({"buckets": ["*"]}, "buckets.0: String should match pattern"),
        ({"buckets": ["team/"]}, "buckets.0: String should match pattern"),
        (
            {"partner_buckets": {"partners": 210987654321}},
            "partner_buckets.partners: an AWS account is twelve",
        ),
        (
            {"buckets": ["team"], "partner_buckets": {"team": "210987654321"}},
            ": 'team' is in buckets and in partner_buckets: it is of one account",
        ),
        ({"roles": [""]}, "roles.0: String should have at least 1"),
        ({"s3_sources": ["s3://team"]}, "s3_sources.0: String should match pattern"),
        ({"s3_sources": ["s3://team/bank"]}, "s3_sources.0: String should match pattern"),
        ({"s3_sources": ["s3://"]}, "s3_sources.0: String should match pattern"),
        ({"s3_sources": ["https://data.example.org/"]}, "s3_sources.0: String should match pattern"),
        ({"image_versions": []}, "image_versions: Tuple should have at least 1"),
        ({"instance_types": ["p5"]}, "instance_types.0: String should match pattern"),
        ({"instance_types": []}, "instance_types: Tuple should have at least 1"),
        ({"instance_types": None}, ": instance_types = null allows any, which max_usd_per_hour"),
        ({"max_usd_per_hour": 0}, "max_usd_per_hour: Input should be greater than 0"),
        ({"max_usd_per_hour": float("inf")}, "max_usd_per_hour: Input should be a finite number"),
        ({"max_training_instances": 0}, "max_training_instances: Input should be greater"),
        ({"max_endpoint_instances": 1.0}, "max_endpoint_instances: Input should be a valid integer"),
        ({"max_runtime_seconds": 29 * 86_400}, "max_runtime_seconds: Input should be less"),
        ({"max_cost": -1}, "max_cost: Input should be greater than 0"),
        ({"keep_endpoint": "yes"}, "keep_endpoint: Input should be a valid boolean"),
        ({"delete_data": 1}, "delete_data: Input should be a valid boolean"),
    ],
)
def test_what_says_nothing_clear_is_refused_by_name(fields: dict[str, Any], said: str) -> None:
    assert said in fault_of(**fields)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The limits of a deployment."""
    path = tmp_path / "limits.yaml"
    monkeypatch.setenv(LIMITS_FILE, str(path))
    return path


def test_the_file_of_a_deployment_takes_the_place_of_the_section_as_a_whole(file: Path) -> None:
    file.write_text("bank_marketing: {buckets: [team-models]}")
    assert load_config("bank_marketing").limits == Limits(buckets=("team-models",))


def test_a_file_without_the_pipeline_leaves_the_section(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("{}")
    with_file = load_config("bank_marketing")
    monkeypatch.delenv(LIMITS_FILE)
    assert with_file == load_config("bank_marketing")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Expected: it names a file in UTF-8\n"),
        ("", "a section for pipelines that there are: bank_marketing"),
        ("- bank_marketing", "a section for pipelines that there are: bank_marketing"),
        ("bank_markting: {}", "a section for pipelines that there are: bank_marketing"),
        ("bank_marketing: [", "Expected: the file is YAML\n"),
        ("bank_marketing:", "should be a valid dictionary"),
        ("bank_marketing: {bucket: [team]}", "'bucket' is unknown, did you mean 'buckets'?"),
    ],
)
def test_a_file_that_cannot_be_read_allows_nothing_else_instead(
    content: str | None, said: str, file: Path
) -> None:
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError) as refused:
        load_config("bank_marketing")
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


def test_the_bundled_pipeline_names_every_limit() -> None:
    section = yaml.safe_load((DATASETS / "bank_marketing.yaml").read_text())["limits"]
    assert set(section) == set(Limits.model_fields)


def test_the_example_of_the_docs_is_valid_and_its_table_names_every_limit() -> None:
    page = (PROJECT / "docs" / "limits.md").read_text()
    example = yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0])["limits"]
    assert Limits.model_validate(example).partner_buckets == {"partners-bucket": "210987654321"}
    assert {row.split("`")[1] for row in page.splitlines() if row.startswith("| `")} == set(
        Limits.model_fields
    )
