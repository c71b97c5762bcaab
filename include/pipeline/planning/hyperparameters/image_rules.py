"""Which hyperparameters a version of an algorithm's image takes, from the algorithm's table of data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from include.pipeline.documents.training.algorithm import XGBOOST

Type = Literal["integer", "number", "choice", "list", "tuple", "lists", "metrics", "metric"]


class Entry(BaseModel):
    """A line of the table: a hyperparameter, one of its values, or an alias."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Type = "choice"
    """How the image reads the text. What each means stands in the table."""
    range: str | None = None
    """The numbers it takes, in the notation of mathematics: `(0, 1]`."""
    values: tuple[str | int, ...] = ()
    """The values it takes, of any version."""
    required: bool = False
    """Whether the image refuses to go without."""
    words: tuple[str, ...] = ()
    """What it takes beside the numbers of its range."""
    default: str | None = None
    """What the image takes where nothing is given, for those that others are held against."""
    of: str | None = None
    """Of an alias: the name that it stands for."""
    since: str | None = None
    """The first version that takes it. None: all do."""
    until: str | None = None
    """The last version that takes it."""
    obsolete_from: str | None = None
    """The first version that takes it and whose XGBoost then ignores it or fails on it."""


@cache
def _table(algorithm: str) -> Mapping[str, Any]:
    file = resources.files("include.sagemaker_images") / f"{algorithm}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class ImageRules:
    """The table, as one version of the image reads it."""

    version: str
    """The version."""
    algorithm: str = XGBOOST
    """Whose image it is."""

    @classmethod
    @cache
    def of(cls, version: str, algorithm: str = XGBOOST) -> "ImageRules | None":
        """Return the rules of a version; None of one that the table does not know, such as `latest`."""
        return cls(version, algorithm) if version in _table(algorithm)["versions"] else None

    @property
    def _table(self) -> Mapping[str, Any]:
        return _table(self.algorithm)

    @property
    def hyperparameters(self) -> Mapping[str, Entry]:
        """All hyperparameters of any version, by name."""
        return _entries("hyperparameters", self.algorithm)

    @property
    def aliases(self) -> Mapping[str, str]:
        """The names that stand for another one, in this version."""
        found = _entries("aliases", self.algorithm).items()
        return {alias: entry.of for alias, entry in found if entry.of and self.takes(entry)}

    def is_before(self, version: str) -> bool:
        """Tell whether this version is older than another one."""
        versions: list[str] = self._table["versions"]
        return versions.index(self.version) < versions.index(version)

    def takes(self, entry: Entry) -> bool:
        """Tell whether the image takes it."""
        first, last = entry.since or self.version, entry.until or self.version
        return not self.is_before(first) and not ImageRules(last, self.algorithm).is_before(self.version)

    def is_obsolete(self, entry: Entry) -> bool:
        """Tell whether the image takes it, and its XGBoost ignores it or fails on it."""
        return entry.obsolete_from is not None and not self.is_before(entry.obsolete_from)

    def values(self, name: str, of: Sequence[str | int]) -> tuple[str | int, ...]:
        """Choose those of a hyperparameter's values that the image takes and its XGBoost acts on."""
        told = self._table.get("values", {}).get(name, {})
        changed = {value: Entry(**entry) for value, entry in told.items()}
        return tuple(
            value
            for value in of
            if self.takes(changed.get(value, Entry())) and not self.is_obsolete(changed.get(value, Entry()))
        )

    @property
    def tunable(self) -> tuple[str, ...]:
        """Those that a tuning job may choose."""
        return tuple(name for name in self._table["tunable"] if self.takes(self.hyperparameters[name]))

    @property
    def metrics(self) -> tuple[str, ...]:
        """The evaluation metrics."""
        metrics = self._table["metrics"]
        return tuple(map(str, self.values("eval_metric", metrics["maximized"] + metrics["minimized"])))

    @property
    def metrics_with_threshold(self) -> tuple[str, ...]:
        """Those that also take a number, as in `error@0.7`."""
        return tuple(self._table["metrics"]["with_threshold"])

    @property
    def needs(self) -> Mapping[str, Mapping[str, list[str]]]:
        """By a hyperparameter: those that have an effect with these values of it alone."""
        needs: Mapping[str, Mapping[str, list[str]]] = self._table["needs"]
        return needs

    @property
    def tree_methods_needed(self) -> Mapping[str, list[str]]:
        """The hyperparameters that work with these tree methods alone."""
        return self.needs["tree_method"]

    @property
    def objectives_needed(self) -> Mapping[str, list[str]]:
        """The metrics that work with objectives alone whose names start like this."""
        return self.needs["objective"]

    def updaters(self, kind: Literal["growers", "others", "update", "linear"]) -> tuple[str, ...]:
        """Those of a kind that the image takes and its XGBoost knows."""
        known = self.values("updater", self.hyperparameters["updater"].values)
        return tuple(name for name in self._table["updaters"][kind] if name in known)


@cache
def _entries(part: str, algorithm: str) -> Mapping[str, Entry]:
    return {name: Entry(**entry) for name, entry in _table(algorithm).get(part, {}).items()}
