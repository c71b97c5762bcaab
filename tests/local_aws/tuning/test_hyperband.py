"""Which jobs Hyperband stops, told by the values that their logs have."""

from typing import Any

import pytest

from local_aws.errors import ValidationError
from local_aws.tuning.hyperband import Hyperband
from tests.local_aws.tuning.metrics import metric


def hyperband(least: int, most: int, direction: Any = "Maximize") -> Hyperband:
    limits = {"MinResource": least, "MaxResource": most}
    config = {"Strategy": "Hyperband", "StrategyConfig": {"HyperbandStrategyConfig": limits}}
    made = Hyperband.of(config, {}, metric(direction))
    assert made is not None
    return made


def iterations(made: Hyperband, job: str, value: float, longest: int = 30) -> int:
    """Return after how many iterations of one value a job is stopped, or how many it has by itself."""
    for iteration in range(1, longest + 1):
        assert made.goes_on(job, "train:auc", 0.0)
        if not made.goes_on(job, "validation:auc", value):
            return iteration
    return longest


def test_jobs_that_are_not_among_the_better_third_end_at_their_rung() -> None:
    """The rungs are at 2, 6 and 18 iterations."""
    made = hyperband(2, 20)
    assert [iterations(made, name, value) for name, value in (("a", 0.5), ("b", 0.6))] == [20, 20]
    # The third of three is the first that can be told to be worse.
    assert iterations(made, "c", 0.4) == 2
    assert iterations(made, "d", 0.7) == 20
    # Better than a and c, and not than b and d.
    assert iterations(made, "e", 0.55) == 2


def test_less_is_better_where_the_metric_is_to_be_minimized() -> None:
    made = hyperband(1, 9, "Minimize")
    assert [iterations(made, name, value) for name, value in (("a", 3), ("b", 2), ("c", 4), ("d", 1))] == [
        9,
        9,
        1,
        9,
    ]


@pytest.mark.parametrize("name", ["epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs"])
def test_the_most_is_inferred_from_the_static_hyperparameters(name: str) -> None:
    made = Hyperband.of({"Strategy": "Hyperband"}, {name: "7"}, metric("Maximize"))
    assert made is not None
    assert (made.least, made.most) == (1, 7)


def test_another_strategy_has_none() -> None:
    assert Hyperband.of({"Strategy": "Random"}, {}, metric("Maximize")) is None


@pytest.mark.parametrize(
    ("config", "static", "message"),
    [
        ({"Strategy": "Hyperband"}, {}, "Hyperband needs a number as StrategyConfig."),
        ({"Strategy": "Hyperband"}, {"epochs": "many"}, "Hyperband needs a number as"),
        (
            {"Strategy": "Random", "StrategyConfig": {"HyperbandStrategyConfig": {"MaxResource": 3}}},
            {},
            "StrategyConfig is for the strategy Hyperband, and the Strategy is Random. Leave it out.",
        ),
        ({"Strategy": "Hyperband"}, {"epochs": "20001"}, "Hyperband has a MinResource of 1 and"),
        (
            {
                "Strategy": "Hyperband",
                "StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": 4, "MaxResource": 3}},
            },
            {},
            "Hyperband has a MinResource of 4 and a MaxResource of 3. MinResource must not be",
        ),
    ],
)
def test_refused(config: dict[str, Any], static: dict[str, str], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Hyperband.of(config, static, metric("Maximize"))
    assert caught.value.message.startswith(message)
