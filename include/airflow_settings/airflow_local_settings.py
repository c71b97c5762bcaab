"""The local stack's: Airflow imports it into each of its processes, before it opens its database."""

import sys

from include.local_stack.savepoints import lock_sqlite_before_savepoints
from include.operators.process_start import collect_rarely, preload

collect_rarely()
lock_sqlite_before_savepoints()

if "scheduler" in sys.argv:
    preload()
