import pytest
from pydantic import ValidationError

from include.pipeline.documents.config import PipelineConfig, load_config
from include.pipeline.documents.table.costs import Costs, OutcomeValues
from include.pipeline.errors import ParamError
from include.pipeline.figures.confusion_matrix import ConfusionMatrix
from include.pipeline.values.faults import faults
from tests.pipeline.planned import CONFIG, plan_of

MATRIX = ConfusionMatrix(tn=7, fp=5, fn=3, tp=2)
OF_THE_PARAMS = {"call_cost": None, "deposit_value": None}


def test_each_row_brings_the_value_of_its_outcome() -> None:
    costs = Costs(true_positive=40, false_positive=-10, true_negative=1, false_negative=-100)
    assert costs.profit(MATRIX) == 2 * 40 - 5 * 10 + 7 - 3 * 100
    assert costs.of_everybody(5, 12) == 5 * 40 - 12 * 10
    assert costs.of_nobody(5, 12) == 12 - 5 * 100
    assert costs.action is None


def test_cost_and_value_of_an_action_are_the_usual_case() -> None:
    values = OutcomeValues.of_action(5.0, 50.0)
    assert values == OutcomeValues(true_positive=45, false_positive=-5)
    assert values.action == (5, 50)
    assert values.break_even == 0.1


@pytest.mark.parametrize(
    ("values", "break_even"),
    [
        ({"true_positive": 50, "false_positive": 0}, 0),
        ({"true_positive": -5, "false_positive": -5}, None),
        ({"true_positive": 10, "false_positive": 5}, 0),
        ({"true_positive": -1, "false_positive": -3}, 1.5),
    ],
    ids=["an action is free", "an action brings nothing", "every action pays", "no action pays"],
)
def test_to_act_pays_from_a_chance_on(values: dict[str, float], break_even: float | None) -> None:
    assert OutcomeValues(**values).break_even == break_even


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"true_positive": 1, "false_positive": 5},
            "costs: true_negative = 0 is no more than false_positive = 5.0; a cost is below 0",
        ),
        (
            {"true_positive": -9, "false_positive": -5},
            "costs: true_positive = -9.0 is no more than false_negative = 0; a cost is below 0",
        ),
        ({"true_positive": float("inf"), "false_positive": -5}, "true_positive = inf"),
        ({"false_positive": -5}, "'true_positive' is missing"),
        ({"true_positive": 5, "false_positiv": -5}, "'false_positiv' is unknown"),
    ],
)
def test_values_that_make_no_sense_are_refused_by_name(values: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Costs(**values)
    assert message in faults(refused.value, Costs)


def config_with(**changed: object) -> PipelineConfig:
    return PipelineConfig.model_validate(CONFIG.model_dump() | changed)


def test_a_yaml_says_its_costs_once() -> None:
    costs = {"true_positive": 45, "false_positive": -5}
    params = CONFIG.params.model_dump()
    assert config_with(costs=costs, params=params | OF_THE_PARAMS).costs == Costs(**costs)
    with pytest.raises(ValidationError, match="call_cost and deposit_value say them too"):
        config_with(costs=costs)
    with pytest.raises(ValidationError, match="give both, or neither"):
        config_with(params=params | {"deposit_value": None})
    best = {"threshold_rule": "best_profit", "validation_fraction": 0.2}
    with pytest.raises(ValidationError, match="best_profit: needs costs"):
        config_with(params=params | OF_THE_PARAMS | best)


def test_a_run_takes_the_costs_of_its_params_before_those_of_the_yaml() -> None:
    costs = {"true_positive": 45, "false_positive": -5}
    config = config_with(costs=costs, params=CONFIG.params.model_dump() | OF_THE_PARAMS)
    assert plan_of({}, config=config).outcome_values == Costs(**costs)
    own = plan_of({"call_cost": 2.0, "deposit_value": 10.0}, config=config)
    assert own.outcome_values == OutcomeValues.of_action(2, 10)


def test_a_run_without_costs_has_no_best_profit() -> None:
    config = config_with(params=CONFIG.params.model_dump() | OF_THE_PARAMS)
    assert plan_of({}, config=config).outcome_values is None
    with pytest.raises(ParamError, match="best_profit") as refused:
        plan_of({"threshold_rule": "best_profit", "validation_fraction": 0.2}, config=config)
    assert "Write costs into the pipeline's YAML file" in str(refused.value)


def test_the_bundled_pipeline_calls_for_its_params() -> None:
    config = load_config("bank_marketing")
    assert config.costs is None
    assert plan_of({}).outcome_values == OutcomeValues.of_action(5.0, 50.0)
