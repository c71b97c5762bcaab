from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from include.pipeline.documents import config
from include.pipeline.documents.drift import DriftLimits
from include.pipeline.errors import ConfigError

BUNDLED = config.DATASETS / "bank_marketing.yaml"


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
    with pytest.raises(ConfigError, match=r"pipeline = 'beer'(?s:.*)one of wine(?s:.*)Write beer.yaml"):
        config.load_config("beer")


def test_a_name_that_a_watcher_would_have_is_refused() -> None:
    with pytest.raises(ConfigError, match="watches the source of a pipeline"):
        config.load_config("churn_source")


def test_a_file_that_is_not_yaml_is_refused(datasets: Path) -> None:
    (datasets / "wine.yaml").write_text("title: [")
    with pytest.raises(ConfigError, match=r"wine.yaml: .*\nExpected: the file is YAML"):
        config.load_config("wine")


@pytest.mark.long
@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("title: Gr\xf6\xdfe".encode("latin-1"), "can't decode byte 0xf6"),
        (b"\x1f\x8b\x08\x00", "can't decode byte 0x8b"),
        (b"title: 2026-13-01", "month must be in 1..12"),
        (b"max_active_runs: 0x_", "invalid literal for int"),
        (b"max_source_bytes: " + b"9" * 5000, "Exceeds the limit"),
        (b"[" * 3000, "maximum recursion depth exceeded"),
        (b"title: !!python/object/apply:os.getcwd []", "could not determine a constructor"),
        (b"title: one\n---\ntitle: two", "expected a single document"),
        (b"title: \0", "special characters are not allowed"),
    ],
)
def test_what_yaml_cannot_say_is_refused(datasets: Path, content: bytes, said: str) -> None:
    (datasets / "wine.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        config.load_config("wine")
    assert refused.value.found.startswith("wine.yaml: ")
    assert refused.value.rule == "the file is YAML"
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["", "- a list", "just words"])
def test_a_file_of_another_shape_is_refused(datasets: Path, text: str) -> None:
    (datasets / "wine.yaml").write_text(text)
    with pytest.raises(ConfigError, match="PipelineConfig"):
        config.load_config("wine")


def test_an_unknown_field_is_refused_with_the_name_it_may_mean(datasets: Path) -> None:
    fields = yaml.safe_load(BUNDLED.read_text())
    fields["scedule"] = fields.pop("schedule")
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match=r"'scedule' is unknown, did you mean 'schedule'\?"):
        config.load_config("wine")


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("params", "train_fraction"), 70, "params.train_fraction = 70 (Input should be less than 1)"),
        (("params", "hyperparameters"), {}, "params.hyperparameters: num_round is required"),
        (("table", "label"), "", "table.label = '' (String should have at least 1 character)"),
        (("table", "groups"), {"age": [40, 30]}, "groups: the cuts of age rise"),
        (("table", "groups"), {"age": [float("inf")]}, "groups: the cuts of age rise"),
        (("table", "groups"), {"job_*": [1]}, "groups: job_*, one-hot, has no cuts"),
        (("table", "key"), "customer", "key: needs split: hash or group"),
        (("table", "time"), "day", "time: needs split: time"),
        (("table", "split"), "newest", "Input should be 'shuffle', 'stratified', 'time', 'group' or 'hash'"),
        (("table", "split"), "time", "split: time needs time, a column"),
        (("table", "split"), "group", "split: group needs key, the column whose rows stay together"),
        (("table", "split"), ["hash"], "table.split = a list of 1"),
        (
            ("algorithm",),
            "k-nn",
            "(Input should be 'xgboost', 'linear-learner', 'knn' or 'factorization-machines')",
        ),
        (("algorithm",), ["knn"], "algorithm = a list of 1"),
        (("algorithm",), None, "algorithm = None"),
        (("algorithm",), "knn", "table.groups: are told of xgboost alone, as k-NN gets its features scaled"),
        (("params", "hyperparameters"), {"num_round": "ten"}, "num_round is required"),
        (("params", "hyperparameters"), {"num_round": 1.5}, "num_round is required"),
        (("max_active_runs",), 0, "max_active_runs = 0 (Input should be greater than or equal to 1)"),
        (("max_source_bytes",), 6 * 1024**3, "should be less than or equal to 5368709120)"),
        # Dates end with the year 9999.
        (("expires_after_hours",), 1e9, "expires_after_hours = 1000000000.0 (Input should be less than"),
        (("expires_after_hours",), float("inf"), "expires_after_hours = inf (Input should be less than"),
        (("expires_after_hours",), float("nan"), "expires_after_hours = nan (Input should be"),
        (("drift",), 0.1, "drift = 0.1 (Input should be a valid dictionary or instance of DriftLimits)"),
        (("drift", "psi_warn"), 0, "drift.psi_warn = 0 (Input should be greater than 0)"),
        (("drift", "psi_warn"), None, "drift.psi_warn = None (Input should be a valid number)"),
        (("drift", "psi_fail"), 0.05, "psi_fail is at least psi_warn"),
        (("drift", "psi_fial"), 0.3, "psi_fial' is unknown"),
    ],
)
def test_a_wrong_value_is_refused(datasets: Path, place: tuple[str, ...], value: object, said: str) -> None:
    fields = yaml.safe_load(BUNDLED.read_text())
    inner = fields
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError) as refused:
        config.load_config("wine")
    assert said in str(refused.value)


def test_a_group_of_values_that_may_not_be_seen_is_cut(datasets: Path) -> None:
    fields = yaml.safe_load(BUNDLED.read_text())
    fields["table"] |= {"show_values": ["job"], "groups": {"age": [], "job": [], "marital_*": []}}
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match="groups: age needs cuts, as show_values does not name it"):
        config.load_config("wine")
    fields["table"]["groups"]["age"] = [30]
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    assert config.load_config("wine").table.groups == {"age": (30,), "job": (), "marital_*": ()}


def test_the_bundled_pipeline_warns_of_drift_and_fails_for_none() -> None:
    assert config.load_config("bank_marketing").drift == DriftLimits(psi_warn=0.1, psi_fail=None)


@pytest.mark.parametrize(
    ("written", "limits"),
    [
        (None, None),
        ({}, DriftLimits()),
        ({"psi_fail": 0.25}, DriftLimits(psi_warn=0.1, psi_fail=0.25)),
        ({"psi_warn": 0.2, "psi_fail": 0.2}, DriftLimits(psi_warn=0.2, psi_fail=0.2)),
    ],
)
def test_a_pipeline_may_limit_drift_or_not(
    datasets: Path, written: dict[str, float] | None, limits: DriftLimits | None
) -> None:
    fields = yaml.safe_load(BUNDLED.read_text()) | {"drift": written}
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    assert config.load_config("wine").drift == limits


def test_a_pipeline_says_whether_drift_is_limited(datasets: Path) -> None:
    fields = yaml.safe_load(BUNDLED.read_text())
    del fields["drift"]
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match="'drift' is missing"):
        config.load_config("wine")


replacements = st.dictionaries(
    st.sampled_from(sorted(config.PipelineConfig.model_fields)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
        max_leaves=5,
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.slow
@settings(
    max_examples=100,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(replaced=replacements | st.binary(max_size=50))
def test_whatever_stands_in_a_file_it_is_refused_or_valid(
    replaced: dict[str, object] | bytes, datasets: Path
) -> None:
    if isinstance(replaced, bytes):
        content = replaced
    else:
        content = yaml.safe_dump(yaml.safe_load(BUNDLED.read_text()) | replaced).encode()
    (datasets / "wine.yaml").write_bytes(content)
    try:
        pipeline = config.load_config("wine")
    except ConfigError as error:
        assert "wine.yaml" in error.found  # noqa: PT017 - either way is right
    else:
        assert config.PipelineConfig.model_validate(pipeline.model_dump()) == pipeline


def test_new_rows_are_scored_by_what_takes_them_as_csv(datasets: Path) -> None:
    fields = yaml.safe_load(BUNDLED.read_text()) | {"algorithm": "factorization-machines", "score": {}}
    fields["table"]["groups"] = {}
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match="sent to a job as CSV, which Factorization Machines does not take"):
        config.load_config("wine")


def test_factorization_machines_know_no_classes(datasets: Path) -> None:
    fields = yaml.safe_load(BUNDLED.read_text()) | {"algorithm": "factorization-machines"}
    fields["table"] = {"label": "y", "kind": "multiclass"}
    fields["params"] |= {"call_cost": None, "deposit_value": None, "min_roc_auc": 0.0}
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(
        ConfigError, match="algorithm: Factorization Machines is for kind: binary or regression"
    ):
        config.load_config("wine")


def test_a_spot_job_without_checkpoints_waits_an_hour_at_the_most(datasets: Path) -> None:
    fields = yaml.safe_load(BUNDLED.read_text())
    fields |= {"algorithm": "linear-learner", "aws": {"spot": {"max_wait_seconds": 7200}}}
    fields["table"]["groups"] = {}
    (datasets / "wine.yaml").write_text(yaml.safe_dump(fields))
    with pytest.raises(ConfigError, match="is at most 3600 for Linear Learner, which writes no checkpoints"):
        config.load_config("wine")
