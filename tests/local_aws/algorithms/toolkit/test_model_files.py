"""A model's files hold all that it is, and are never unpickled."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local_aws.algorithms.toolkit.model_files import load_model, save_model


@dataclass(frozen=True)
class Model:
    kind: str
    threshold: float
    weights: Any
    bias: Any


MODEL = Model("regressor", 0.1, np.array([[1.5], [-2.0]]), np.array([0.25]))


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    save_model(MODEL, tmp_path)
    loaded = load_model(Model, tmp_path)
    for field in fields(Model):
        np.testing.assert_array_equal(getattr(loaded, field.name), getattr(MODEL, field.name), strict=True)


def test_a_pickled_array_is_not_opened(tmp_path: Path) -> None:
    save_model(MODEL, tmp_path)
    np.savez(tmp_path / "model_algo-1.npz", weights=np.array([{}], object), bias=[1])
    with pytest.raises(ValueError, match="allow_pickle"):
        load_model(Model, tmp_path)


def test_a_pickled_array_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        save_model(Model("", 0.0, np.array([{}], object), MODEL.bias), tmp_path)


@pytest.mark.parametrize("file", ["model_algo-1.npz", "model_algo-1.json"])
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    save_model(MODEL, tmp_path)
    (tmp_path / file).unlink()
    with pytest.raises(FileNotFoundError, match=file):
        load_model(Model, tmp_path)
