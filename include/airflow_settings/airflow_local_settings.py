"""The local stack's: Airflow imports it into each of its processes, before it opens its database."""

from include.local_stack.savepoints import lock_sqlite_before_savepoints
from include.operators.process_start import tune_process

tune_process()
lock_sqlite_before_savepoints()
