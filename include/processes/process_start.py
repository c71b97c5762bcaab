"""What makes Airflow's processes start, fork tasks and end sooner."""

import atexit
import gc
import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

# Nothing of the project: each look at a DAG file sees the code as it is then.
_LOADED_BY_DAG_FILES = (
    "airflow.providers.amazon.aws.operators.s3",
    "airflow.providers.amazon.aws.operators.sagemaker",
    "airflow.providers.standard.operators.hitl",
)
_LOADED_BY_TASKS = (
    *_LOADED_BY_DAG_FILES,
    "airflow.sdk.execution_time.task_runner",
    "airflow.sdk.execution_time.timeout",
    "boto3.s3.inject",
    "jinja2.ext",
    "matplotlib.backends.backend_svg",
)
_PACKAGES_OF_TASKS = ("include.operators", "include.pipeline")

# Of a process whose sockets are closed: short beside the time that Airflow goes without a heartbeat.
_SECONDS_TO_END = 1.0


def collect_rarely() -> None:
    """Let Python's garbage collector look less often at what lives as long as the process.

    With Airflow these are half a million objects. To look at them again and again while more are made, and
    once more at the end, takes a third of the time of a start and most of that of an end.
    """
    gc.set_threshold(50_000, 20, 50)
    atexit.register(gc.freeze)


def tune_process() -> None:
    """Tune the process of Airflow that this runs in, whichever it is: for its `airflow_local_settings`."""
    collect_rarely()
    if "dag-processor" in sys.argv:
        _load(_LOADED_BY_DAG_FILES)
    if "scheduler" in sys.argv:
        _prepare_tasks()
        see_tasks_end()


def _load(modules: Iterable[str]) -> None:
    """Load, before it forks, what each process that it forks would load by itself."""
    for module in modules:
        importlib.import_module(module)
    remember_callers()
    os.register_at_fork(before=inspect.stack)


def remember_callers() -> None:
    """Let Python remember of what has called this that it is in no module's file.

    Airflow's hooks look up who calls them, and pydantic where a class is written. For that Python asks each
    module where it comes from, and remembers it. What starts a process, as `python -m` or pytest-xdist, is in
    no module's file: all modules would be asked anew at each look, and in a fork their memory be copied.
    """
    for caller in inspect.stack():
        inspect.modulesbyfile.setdefault(caller.filename, "")


def see_tasks_end() -> None:
    """Let what looks after a task see at once that its process ends.

    A process that ends first closes its sockets, and Airflow then looks whether it has ended. Where it has
    not by then, nothing is left that could tell, and Airflow looks again after `min_heartbeat_interval`.
    Until then the scheduler takes a task that has failed or was skipped for one that goes on.
    """
    from airflow.sdk.execution_time.supervisor import ActivitySubprocess

    supervisor: Any = ActivitySubprocess
    look = supervisor._check_subprocess_exit  # noqa: SLF001 - Airflow has no setting for it

    def wait_and_look(task: Any, *args: Any, **kwargs: Any) -> int | None:
        if task._exit_code is None and not task._open_sockets:  # noqa: SLF001
            ending = task._process  # noqa: SLF001
            # The exit code is remembered for the look.
            with suppress(ending.TimeoutExpired):
                ending.wait(timeout=_SECONDS_TO_END)
        found: int | None = look(task, *args, **kwargs)
        return found

    supervisor._check_subprocess_exit = wait_and_look  # noqa: SLF001


def _prepare_tasks() -> None:
    from include.pipeline.documents.config import load_config, pipeline_names
    from include.pipeline.errors import ConfigError
    from include.pipeline.report.page import TEMPLATES
    from include.processes.aws_models import read_models

    _load((*_LOADED_BY_TASKS, *_modules_of(_PACKAGES_OF_TASKS)))
    read_models()
    for template in TEMPLATES.list_templates(extensions=["jinja"]):
        TEMPLATES.get_template(template)
    for pipeline in pipeline_names():
        # Its DAG tells what is wrong with the file.
        with suppress(ConfigError):
            load_config(pipeline)


def _modules_of(packages: Iterable[str]) -> Iterator[str]:
    for package in map(importlib.import_module, packages):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".__main__"):
                yield module.name
