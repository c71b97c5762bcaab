"""The model of an endpoint: one booster, or the boosters of a cross-validation that predict together."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from local_aws.algorithms.xgboost.library import xgboost

_LOG = logging.getLogger(__name__)


class Model:
    """Boosters that predict together: by vote where they predict classes, and otherwise by their mean."""

    def __init__(self, boosters: Sequence[Any]) -> None:
        self._boosters = boosters
        learner = json.loads(boosters[0].save_config())["learner"]
        self.objective: str = learner["objective"]["name"]
        """The objective that they were trained with."""
        self.classes = int(learner["learner_model_param"]["num_class"])
        """The num_class of a multi-class model, or else 0."""

    @classmethod
    def load(cls, directory: Path, is_ensemble: bool) -> Self:
        """Load the model files of a directory. Pickles are not opened.

        Args:
            directory: The directory of the extracted archive.
            is_ensemble: Whether to load all files, or only the first.

        Raises:
            ValueError: There is no file, or one is empty.
        """
        files = sorted(
            file for file in directory.iterdir() if file.is_file() and not file.name.startswith(".")
        )
        if not files:
            raise ValueError("the model archive holds no model file")
        boosters = []
        for file in files if is_ensemble else files[:1]:
            content = file.read_bytes()
            if not content:
                raise ValueError(f"the model file {file.name} is empty")
            booster = xgboost.Booster(model_file=bytearray(content))
            booster.set_param({"nthread": 1})
            boosters.append(booster)
        model = cls(boosters)
        _LOG.info("Model objective : %s", model.objective)
        return model

    def predict(self, matrix: Any) -> Any:
        """Predict each row.

        Returns:
            A number for each row; for multi:softprob, one for each row and class.

        Raises:
            xgboost.core.XGBoostError: The rows do not fit the model.
        """
        answers = [booster.predict(matrix, validate_features=False) for booster in self._boosters]
        if len(answers) == 1:
            return answers[0]
        if self.objective in ("multi:softmax", "binary:hinge"):
            from scipy import stats  # type: ignore[import-untyped]  # noqa: PLC0415 - 0.4 s, for votes only

            return stats.mode(answers).mode
        return np.mean(answers, axis=0)
