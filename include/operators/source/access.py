"""Where a run's data comes from, as Airflow has it: Params, Variables, a connection, and the log's mask."""

from typing import TYPE_CHECKING, Any

from airflow.sdk import Connection, Variable
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.source.login import SourceLogin
    from include.pipeline.source.policy import SourcePolicy


def mask_secrets_of(params: Any) -> None:
    """Have the task's log show nothing of what is secret in URLs, whichever Param they were written into.

    Args:
        params: Names and values, unchecked.
    """
    from include.pipeline.source.url import secrets_in

    for secret in secrets_in(dict(params)):
        mask_secret(secret)


def source_policy(config: "PipelineConfig") -> "SourcePolicy":
    """Read from Airflow Variables and the pipeline's limits where data may come from."""
    from include.pipeline.source.policy import SourcePolicy

    return SourcePolicy.of_variables(
        local_folder=Variable.get("source_local_folder", default=None),
        http_hosts=Variable.get("source_http_hosts", default=None),
        max_bytes=config.max_source_bytes,
        connections=config.limits.source_connections,
    )


def source_login(name: str | None, policy: "SourcePolicy") -> "SourceLogin | None":
    """Read who asks the source's server, from the Airflow connection that a run names.

    Args:
        name: Of the connection; None for a source that asks nobody who they are.
        policy: Says which ones may be named.

    Raises:
        ParamError: The run may not use it, it is not there, or it is none for a source.
    """
    from include.pipeline.errors import ParamError
    from include.pipeline.source.login import SourceLogin

    if name is None:
        return None
    policy.check_connection(name)
    try:
        found = Connection.get(name)
    except AirflowNotFoundException:
        raise ParamError(
            f"source_connection = {name!r}: there is no such Airflow connection",
            "it names an Airflow connection of type http",
            "Make it",
        ) from None
    login = SourceLogin.of_connection(
        name,
        conn_type=found.conn_type,
        host=found.host,
        schema=found.schema,
        port=found.port,
        login=found.login,
        password=found.password,
        extra=found.extra_dejson,
    )
    for secret in login.secrets:
        mask_secret(secret)
    return login
