"""What the analyzer is told of a model.

Source: the SageMaker Python SDK, whose ModelQualityMonitor writes these variables.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local_aws.errors import AnalysisError
from local_aws.processing.analyzer.variables import Variables

PROBLEM_TYPES = ("BinaryClassification", "MulticlassClassification", "Regression")


@dataclass(frozen=True, kw_only=True)
class ModelOrders:
    """What a model predicts, and where in the data."""

    problem: str
    """One of PROBLEM_TYPES."""
    inference: str | None
    """Where the predicted label or number is. None where only a probability is."""
    probability: str | None
    """Where the probability of the positive class is. None where none is."""
    threshold: float
    """The least probability of a predicted positive."""
    truth: str | None
    """Where the truth is, in a table that has it."""
    truth_source: Path | None
    """The folder of the truth of captured predictions."""

    @classmethod
    def of(cls, variables: Variables) -> Self | None:
        """Read the variables. None where it is data that is analyzed, and no model.

        Raises:
            AnalysisError: A variable is absent or wrong.
        """
        if variables.choice("analysis_type", "DATA_QUALITY", "MODEL_QUALITY") == "DATA_QUALITY":
            return None
        variables.choice("positive_label", "1")
        problem = variables.required("problem_type")
        if problem not in PROBLEM_TYPES:
            raise AnalysisError(
                f"The variable problem_type is {problem}; it has to be of {', '.join(PROBLEM_TYPES)}."
            )
        return cls(
            problem=problem,
            inference=variables.get("inference_attribute"),
            probability=variables.get("probability_attribute"),
            threshold=variables.number("probability_threshold_attribute", 0.5),
            truth=variables.get("ground_truth_attribute"),
            truth_source=variables.existing_or_none("ground_truth_source"),
        )
