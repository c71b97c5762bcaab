"""What each part of Airflow finds on MWAA. Run with the interpreter and the environment of such a part.

Usage: as_mwaa.py [DAG_FOLDER], without it as the web server, which has none.
"""

import importlib
import json
import sys

from airflow import plugins_manager
from airflow.dag_processing.dagbag import DagBag

import include


def main() -> None:
    dags, errors = {}, {}
    if len(sys.argv) > 1:
        bag = DagBag(sys.argv[1], bundle_name="mwaa")
        dags, errors = {dag_id: len(dag.tasks) for dag_id, dag in bag.dags.items()}, bag.import_errors
    apps, _ = plugins_manager.get_fastapi_plugins()
    told = {
        "python": list(sys.version_info[:2]),
        "include": include.__file__,
        "dags": dags,
        "errors": errors,
        "plugins": sorted(plugin["name"] for plugin in plugins_manager.get_plugin_info(["name"])),
        "refused": plugins_manager.get_import_errors(),
        "prefixes": [app["url_prefix"] for app in apps],
        # The web server imports it at the first request.
        "title": importlib.import_module("plugins.model_report.app").app.title,
    }
    print(json.dumps(told))


main()
