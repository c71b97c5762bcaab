"""Airflow imports it into each of its processes: the scheduler loads here once what tasks would load each."""

import sys

if "scheduler" in sys.argv:
    # Tasks are forked from it.
    import sagemaker.core.image_uris  # noqa: F401

    import include.pipeline.evaluation
    import include.pipeline.report.page  # noqa: F401
