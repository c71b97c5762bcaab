"""Print the schema of metrics.json."""

import json

from pydantic import TypeAdapter

from include.pipeline.documents.metrics import Evaluation, MulticlassEvaluation, RegressionEvaluation

print(
    json.dumps(TypeAdapter(Evaluation | MulticlassEvaluation | RegressionEvaluation).json_schema(), indent=2)
)
