"""Airflow imports it into each of its processes, before it opens its database."""

import sys

from include.local_stack.savepoints import lock_sqlite_before_savepoints

lock_sqlite_before_savepoints()

if "scheduler" in sys.argv:
    # What tasks would load each: they are forked from it.
    import sagemaker.core.image_uris  # noqa: F401

    import include.pipeline.evaluation
    import include.pipeline.report.page  # noqa: F401
