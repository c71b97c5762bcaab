"""How well a column tells the answer by itself: one that does nearly always may know it."""

from dataclasses import dataclass

import pandas as pd
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from include.pipeline.values.params import LabelKind

LEAKS_ABOVE = 0.95
"""A column of which a figure is above this may know the answer."""

_FEW_IN_GROUP = 5
_FOLDS = 3
_MOST_ROWS = 2000


@dataclass(frozen=True)
class Alone:
    """How well a column tells the answer by itself."""

    figure: str
    """`a ROC AUC`, or `an R²` where the answer is a number."""
    value: float

    def __str__(self) -> str:
        """Name both, as a sentence does."""
        return f"{self.figure} of {self.value:.3f}"

    @property
    def may_know_the_answer(self) -> bool:
        """Whether it is better than a column is wont to be."""
        return self.value > LEAKS_ABOVE


def measure_alone(
    values: pd.Series, numbers: pd.Series | None, answers: pd.Series, kind: LabelKind
) -> Alone | None:
    """Measure how well a column tells the answer; None where its rows do not suffice for that.

    Of 0 and 1 it is how well it orders the rows. Of classes and numbers, a decision tree is asked about rows
    that it has not learned from: their ROC AUC, each class against all others, or their R².

    Args:
        values: Those of its cells that have one.
        numbers: The same as numbers, where they are some.
        answers: Of each row: whether its label is the one to find, its class, or its number.
        kind: Of the label.
    """
    cells = answers[values.index]
    if kind == "binary":
        return _of_two(values, numbers, cells)
    codes = numbers if numbers is not None else pd.Series(pd.factorize(values)[0], values.index)
    if kind == "multiclass":
        # Each class has to be in each fold.
        cells = cells[cells.groupby(cells).transform("size") >= _FEW_IN_GROUP]
    cells = cells.sample(min(len(cells), _MOST_ROWS), random_state=0)
    if cells.nunique() < _FOLDS or len(cells) < _FOLDS * _FEW_IN_GROUP:
        return None
    features = codes[cells.index].to_numpy().reshape(-1, 1)
    if kind == "multiclass":
        tree = DecisionTreeClassifier(min_samples_leaf=_FEW_IN_GROUP, random_state=0)
        folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
        told = cross_val_predict(tree, features, cells, cv=folds, method="predict_proba")
        return Alone("a ROC AUC", float(roc_auc_score(cells, told, multi_class="ovr")))
    tree = DecisionTreeRegressor(min_samples_leaf=_FEW_IN_GROUP, random_state=0)
    told = cross_val_predict(tree, features, cells, cv=KFold(_FOLDS, shuffle=True, random_state=0))
    return Alone("an R²", float(r2_score(cells, told)))


def _of_two(values: pd.Series, numbers: pd.Series | None, answers: pd.Series) -> Alone | None:
    """Measure how well a column orders the rows; of categories, by the positives of other rows."""
    if answers.all() or not answers.any():
        return None
    scores = numbers
    if scores is None:
        groups = answers.groupby(values)
        others = groups.transform("size") - 1
        if (others < _FEW_IN_GROUP).all():
            return None
        # Without its own answer, as each value that is there once would know it.
        scores = ((groups.transform("sum") - answers) / others.where(others > 0)).fillna(answers.mean())
    found = float(roc_auc_score(answers, scores))
    return Alone("a ROC AUC", max(found, 1 - found))
