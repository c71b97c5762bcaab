"""The local stack's: Airflow imports it into each of its processes, before it opens its database."""

from include.processes.process_start import tune_process
from local_stack.savepoints import lock_sqlite_before_savepoints

tune_process()
lock_sqlite_before_savepoints()
