import pytest
from pydantic import ValidationError

from include.operators.dag.trigger_form import trigger_form
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.params import RunParams
from include.pipeline.documents.table.config import TableConfig
from include.pipeline.documents.table.kind import FIGURES_OF, OF_BINARY
from include.pipeline.errors import ParamError
from include.pipeline.values.params import LabelKind
from tests.pipeline.planned import CONFIG, plan_of

NUMBER = TableConfig(label="price", kind="regression")
HYPERPARAMETERS = {"objective": "reg:squarederror", "num_round": 10}
PLAIN = {name: value for name, value in CONFIG.params.model_dump().items() if name not in OF_BINARY} | {
    "hyperparameters": HYPERPARAMETERS
}


def config_of(params: dict[str, object], table: TableConfig = NUMBER) -> PipelineConfig:
    return PipelineConfig.model_validate(
        CONFIG.model_dump() | {"table": table.model_dump(), "params": PLAIN | params}
    )


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"threshold": 0.4}, "threshold .is for a label of two values; this one is kind: regression"),
        ({"call_cost": 1.0, "deposit_value": 2.0}, "call_cost .is for .*; deposit_value .is for"),
        ({"min_roc_auc": 0.7}, "min_roc_auc"),
        ({"max_roc_auc_drop": 0.1}, "max_roc_auc_drop"),
        ({"gate": {"roc_auc": {"at_least": 0.7}}}, "gate: roc_auc .kind: regression has rmse, mae, r2"),
        ({"gate": {"rmse": {}}}, "a figure has at_least, at_most, or both"),
        ({"gate": {"rmse": {"at_least": 2.0, "at_most": 1.0}}}, "the first not above"),
        ({"gate": {"rmse": {"below": 1.0}}}, "at_least"),
    ],
)
def test_what_the_kind_does_not_have_is_refused_by_name(params: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        config_of(params)


@pytest.mark.parametrize("option", [{"positive": "high"}, {"groups": {"size": (1.0,)}}])
def test_an_option_of_two_values_is_refused(option: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="is for a label of two values; this one is kind: multiclass"):
        TableConfig.model_validate({"label": "y", "kind": "multiclass"} | option)


def test_a_number_has_no_shares_to_keep() -> None:
    with pytest.raises(ValidationError, match="split: stratified keeps shares of values"):
        TableConfig(label="y", kind="regression", split="stratified")
    assert TableConfig(label="y", kind="multiclass", split="stratified").kind == "multiclass"


def test_costs_are_of_two_values() -> None:
    costs = {"true_positive": 1, "false_positive": -1}
    with pytest.raises(ValidationError, match="costs: is for kind: binary alone"):
        PipelineConfig.model_validate(
            CONFIG.model_dump() | {"table": NUMBER.model_dump(), "params": PLAIN, "costs": costs}
        )


def test_new_rows_are_scored_of_two_values() -> None:
    score = {"data_url": "https://example.org/new.csv", "schedule": None}
    with pytest.raises(ValidationError, match="score: is for kind: binary alone"):
        PipelineConfig.model_validate(
            CONFIG.model_dump() | {"table": NUMBER.model_dump(), "params": PLAIN, "score": score}
        )


def test_a_run_may_bound_the_figures_of_its_kind_and_no_others() -> None:
    config = config_of({"gate": {"rmse": {"at_most": 50}}})
    assert plan_of({}, config=config).params.gate == {"rmse": {"at_most": 50}}
    with pytest.raises(ParamError, match="gate: accuracy"):
        plan_of({"gate": {"accuracy": {"at_least": 0.5}}}, config=config)
    with pytest.raises(ParamError, match="threshold"):
        plan_of({"threshold": 0.2}, config=config)


def test_the_form_has_no_field_for_what_the_kind_does_not_have() -> None:
    config = config_of({})
    form = trigger_form(config.params, config.limits, "regression")
    assert set(RunParams.model_fields) - set(form) == set(OF_BINARY)
    assert set(trigger_form(CONFIG.params, CONFIG.limits)) == set(RunParams.model_fields)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("binary", {"roc_auc", "accuracy", "f1", "log_loss"}),
        ("multiclass", {"accuracy", "macro_f1", "log_loss"}),
        ("regression", {"rmse", "mae", "r2"}),
    ],
)
def test_each_kind_has_its_figures_with_a_meaning_and_one_for_a_note(
    kind: LabelKind, names: set[str]
) -> None:
    figures = FIGURES_OF[kind]
    assert names <= set(figures)
    assert all(figure.meaning and figure.title for figure in figures.values())
    assert [name for name, figure in figures.items() if figure.in_note] in (
        ["roc_auc"],
        ["accuracy"],
        ["rmse"],
    )
