"""An auth manager that keeps one DAG from all but administrators."""

from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

from tests.plugins.model_report.pipeline_runs import HIDDEN_DAG


class SecretiveAuthManager(SimpleAuthManager):
    def is_authorized_dag(
        self, *, user: SimpleAuthManagerUser, details: DagDetails | None = None, **request: Any
    ) -> bool:
        if details and details.id == HIDDEN_DAG and user.role != "admin":
            return False
        return super().is_authorized_dag(user=user, details=details, **request)
