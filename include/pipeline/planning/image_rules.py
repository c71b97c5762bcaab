"""Which hyperparameters a version of SageMaker's XGBoost image takes, from the table of data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

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
    of: str | None = None
    """Of an alias: the name that it stands for."""
    since: str | None = None
    """The first version that takes it. None: all do."""
    until: str | None = None
    """The last version that takes it."""
    obsolete_from: str | None = None
    """The first version that takes it and whose XGBoost then ignores it or fails on it."""


@cache
def _table() -> Mapping[str, Any]:
    file = resources.files("include.sagemaker_images") / "xgboost.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class ImageRules:
    """The table, as one version of the image reads it."""

    version: str
    """The version."""

    @classmethod
    @cache
    def of(cls, version: str) -> "ImageRules | None":
        """Return the rules of a version; None of one that the table does not know, such as `latest`."""
        return cls(version) if version in _table()["versions"] else None

    @property
    def hyperparameters(self) -> Mapping[str, Entry]:
        """All hyperparameters of any version, by name."""
        return _entries("hyperparameters")

    @property
    def aliases(self) -> Mapping[str, str]:
        """The names that stand for another one, in this version."""
        found = _entries("aliases").items()
        return {alias: entry.of for alias, entry in found if entry.of and self.takes(entry)}

    def is_before(self, version: str) -> bool:
        """Tell whether this version is older than another one."""
        versions: list[str] = _table()["versions"]
        return versions.index(self.version) < versions.index(version)

    def takes(self, entry: Entry) -> bool:
        """Tell whether the image takes it."""
        first, last = entry.since or self.version, entry.until or self.version
        return not self.is_before(first) and not ImageRules(last).is_before(self.version)

    def is_obsolete(self, entry: Entry) -> bool:
        """Tell whether the image takes it, and its XGBoost ignores it or fails on it."""
        return entry.obsolete_from is not None and not self.is_before(entry.obsolete_from)

    def values(self, name: str, of: Sequence[str | int]) -> tuple[str | int, ...]:
        """Choose those of a hyperparameter's values that the image takes and its XGBoost acts on."""
        changed = {value: Entry(**entry) for value, entry in _table()["values"].get(name, {}).items()}
        return tuple(
            value
            for value in of
            if self.takes(changed.get(value, Entry())) and not self.is_obsolete(changed.get(value, Entry()))
        )

    @property
    def metrics(self) -> tuple[str, ...]:
        """The evaluation metrics."""
        metrics = _table()["metrics"]
        return tuple(map(str, self.values("eval_metric", metrics["maximized"] + metrics["minimized"])))

    @property
    def metrics_with_threshold(self) -> tuple[str, ...]:
        """Those that also take a number, as in `error@0.7`."""
        return tuple(_table()["metrics"]["with_threshold"])

    @property
    def tree_methods_needed(self) -> Mapping[str, list[str]]:
        """The hyperparameters that work with these tree methods alone."""
        needed: Mapping[str, list[str]] = _table()["needs"]["tree_method"]
        return needed

    @property
    def objectives_needed(self) -> Mapping[str, list[str]]:
        """The metrics that work with objectives alone whose names start like this."""
        needed: Mapping[str, list[str]] = _table()["needs"]["objective"]
        return needed

    def updaters(self, kind: Literal["growers", "others", "update", "linear"]) -> tuple[str, ...]:
        """Those of a kind that the image takes and its XGBoost knows."""
        known = self.values("updater", self.hyperparameters["updater"].values)
        return tuple(name for name in _table()["updaters"][kind] if name in known)


@cache
def _entries(part: str) -> Mapping[str, Entry]:
    return {name: Entry(**entry) for name, entry in _table()[part].items()}
