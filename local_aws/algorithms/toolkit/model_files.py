"""The two files of a model of Amazon's own algorithms. Neither is a pickle."""

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_ARRAYS = "model_algo-1.npz"
_METADATA = "model_algo-1.json"
_T = TypeVar("_T", bound="DataclassInstance")


def save_model(model: "DataclassInstance", directory: Path) -> None:
    """Write a model: its arrays to one file, its other fields to another.

    Args:
        model: A dataclass whose fields are arrays, numbers and texts.
        directory: The directory of the files.
    """
    values = {field.name: getattr(model, field.name) for field in fields(model)}
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    np.savez(directory / _ARRAYS, allow_pickle=False, **arrays)
    metadata = {name: value for name, value in values.items() if name not in arrays}
    (directory / _METADATA).write_text(json.dumps(metadata))


def load_model(kind: type[_T], directory: Path) -> _T:
    """Read a model that `save_model` wrote.

    Raises:
        ValueError: An array is a pickle.
        FileNotFoundError: A file is missing.
    """
    with np.load(directory / _ARRAYS, allow_pickle=False) as arrays:
        return kind(**json.loads((directory / _METADATA).read_text()), **arrays)
