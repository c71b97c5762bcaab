"""Which training jobs the strategy Hyperband stops before their end.

A job goes on beyond a level of iterations where its metric is among the better third of all that have come so
far: asynchronous successive halving. Source: Li et al., "A System for Massively Parallel Hyperparameter
Tuning", 2020.
"""

import threading
from dataclasses import dataclass, field
from typing import Self

from local_aws.algorithms.metric import Metric
from local_aws.errors import ValidationError
from local_aws.state.resources import JsonObject

# API reference, HyperbandStrategyConfig: what MaxResource is inferred from, and the most that it may be.
_INFERRED_FROM = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
_MOST_RESOURCES = 20_000
_REDUCTION = 3


@dataclass
class Hyperband:
    """The levels of one tuning job, and what has come to each."""

    objective: Metric
    """The metric that decides. Each value of it in a job's log is one iteration of the job."""
    least: int
    """The iterations that each job has."""
    most: int
    """The iterations after which each job is stopped."""
    _counts: dict[str, int] = field(default_factory=dict)
    _values: dict[int, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, config: JsonObject, static: JsonObject, objective: Metric) -> Self | None:
        """Read a HyperParameterTuningJobConfig. None for another strategy.

        Args:
            config: The HyperParameterTuningJobConfig.
            static: The hyperparameters that all jobs have.
            objective: The metric of the tuning job.

        Raises:
            ValidationError: There is no limit of iterations, or no valid one, or another strategy has one.
        """
        strategy: JsonObject = config.get("StrategyConfig", {})
        if config["Strategy"] != "Hyperband":
            if strategy:
                raise ValidationError(
                    "StrategyConfig is for the strategy Hyperband, and the Strategy is "
                    f"{config['Strategy']}. Leave it out."
                )
            return None
        limits = strategy.get("HyperbandStrategyConfig", {})
        inferred = next((static[name] for name in _INFERRED_FROM if name in static), None)
        try:
            most = int(limits.get("MaxResource", inferred))
        except (TypeError, ValueError) as error:
            raise ValidationError(
                "Hyperband needs a number as StrategyConfig.HyperbandStrategyConfig.MaxResource, or as "
                f"one of the static hyperparameters {', '.join(_INFERRED_FROM)}."
            ) from error
        least: int = limits.get("MinResource", 1)
        if not least <= most <= _MOST_RESOURCES:
            raise ValidationError(
                f"Hyperband has a MinResource of {least} and a MaxResource of {most}. MinResource "
                f"must not be above MaxResource, and this not above {_MOST_RESOURCES}."
            )
        return cls(objective, least, most)

    def goes_on(self, job: str, metric: str, value: float) -> bool:
        """Take a value from the log of a job, and tell whether the job goes on.

        Args:
            job: The name of the job.
            metric: The name of a metric; those that do not decide are left aside.
            value: The value.
        """
        if metric != self.objective.name:
            return True
        with self._lock:
            level = self._counts[job] = self._counts.get(job, 0) + 1
            if level >= self.most:
                return False
            if not self._is_rung(level):
                return True
            seen = self._values.setdefault(level, [])
            seen.append(value)
            ranked = sorted(seen, reverse=self.objective.direction == "Maximize")
            # Of fewer than three, none can be told to be out of the better third.
            return len(ranked) < _REDUCTION or self.objective.is_as_good(
                value, ranked[len(ranked) // _REDUCTION - 1]
            )

    def _is_rung(self, level: int) -> bool:
        rung = self.least
        while rung < level:
            rung *= _REDUCTION
        return rung == level
