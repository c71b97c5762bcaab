import json

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from include.pipeline.documents import metrics
from include.pipeline.documents.metrics import Evaluation, MulticlassEvaluation, RegressionEvaluation
from tests.project import PROJECT

SCHEMA = PROJECT / "docs" / "metrics.schema.json"


def test_the_documented_schema_is_that_of_the_file() -> None:
    documented = json.loads(SCHEMA.read_text(encoding="utf-8"))
    kinds = TypeAdapter(Evaluation | MulticlassEvaluation | RegressionEvaluation)
    assert documented == kinds.json_schema(), (
        f"python -m include.pipeline.documents.metrics > docs/{SCHEMA.name}; a field that goes or changes "
        "its meaning raises schema_version"
    )


def test_every_figure_says_what_it_is() -> None:
    silent = {
        f"{model.__name__}.{name}"
        for model in vars(metrics).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
        if not field.description
    }
    assert silent == set()


def test_a_file_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"schema_version\n +Input should be 1"):
        Evaluation.model_validate({"schema_version": 2})
