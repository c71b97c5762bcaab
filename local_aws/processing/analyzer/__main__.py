"""Run one analysis: `python -m local_aws.processing.analyzer`."""

import os
import sys
from pathlib import Path

from local_aws.errors import AnalysisError
from local_aws.opt_ml import OptMl
from local_aws.processing.analyzer.environment import Orders
from local_aws.processing.analyzer.variables import Variables


def main() -> int:
    """Run the analysis, and write what came of it to where SageMaker looks for it.

    Returns:
        The exit code.
    """
    # Where the container starts it, whatever the system calls that directory.
    opt_ml = OptMl(Path.cwd())
    try:
        message = _outcome(_analyze(Orders.of(Variables(os.environ, opt_ml)), opt_ml))
        exit_code = 0
    except AnalysisError as error:
        message, exit_code = f"Error: {error}", error.exit_code
        opt_ml.failure.write_text(f"{message}, exit code: {exit_code}", encoding="utf-8")
    print(message, flush=True)
    opt_ml.message.write_text(message, encoding="utf-8")
    return exit_code


def _analyze(orders: Orders, opt_ml: OptMl) -> int:
    # Only here, as pandas and scikit-learn take their time.
    if orders.model is not None:
        from local_aws.processing.analyzer.model.quality import model_quality  # noqa: PLC0415

        return model_quality(orders, orders.model, opt_ml.cloudwatch_metrics)
    from local_aws.processing.analyzer.data_quality import data_quality  # noqa: PLC0415

    return data_quality(orders, opt_ml.cloudwatch_metrics)


def _outcome(violations: int) -> str:
    """Return the exit message of AWS's analyzer."""
    if violations:
        return f"CompletedWithViolations: Job completed successfully with {violations} violations."
    return "Completed: Job completed successfully with no violations."


if __name__ == "__main__":
    sys.exit(main())
