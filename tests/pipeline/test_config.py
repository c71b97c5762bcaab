from pathlib import Path

import pytest
import yaml

from include.pipeline import config
from include.pipeline.errors import ConfigError


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(config, "DATASETS", tmp_path)
    return tmp_path


def test_the_bundled_pipeline_is_valid() -> None:
    pipeline = config.load_config("bank_marketing")
    assert pipeline.schedule == "0 6 * * 1"
    assert pipeline.table.label == "y_yes"
    assert pipeline.table.drop == ("y_no",)


def test_an_unknown_pipeline_is_refused_with_those_there_are(datasets: Path) -> None:
    (datasets / "wine.yaml").touch()
    with pytest.raises(ConfigError, match=r"pipeline = 'beer'.*beside wine.*Write beer.yaml"):
        config.load_config("beer")


def test_a_file_that_is_not_yaml_is_refused(datasets: Path) -> None:
    (datasets / "wine.yaml").write_text("title: [")
    with pytest.raises(ConfigError, match=r"wine.yaml: the file is YAML"):
        config.load_config("wine")


@pytest.mark.parametrize("text", ["", "- a list", "just words"])
def test_a_file_of_another_shape_is_refused(datasets: Path, text: str) -> None:
    (datasets / "wine.yaml").write_text(text)
    with pytest.raises(ConfigError, match="PipelineConfig"):
        config.load_config("wine")


def test_an_unknown_field_is_refused_with_the_name_it_may_mean(datasets: Path) -> None:
    bundled = Path(config.__file__).parents[1] / "datasets" / "bank_marketing.yaml"
    fields = yaml.safe_load(bundled.read_text())
    fields["scedule"] = fields.pop("schedule")
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match=r"'scedule' is unknown, did you mean 'schedule'\?"):
        config.load_config("wine")


def test_a_wrong_default_of_a_param_is_refused(datasets: Path) -> None:
    bundled = Path(config.__file__).parents[1] / "datasets" / "bank_marketing.yaml"
    fields = yaml.safe_load(bundled.read_text())
    fields["params"]["train_fraction"] = 70
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match=r"params.train_fraction = 70 \(Input should be less than 1\)"):
        config.load_config("wine")
