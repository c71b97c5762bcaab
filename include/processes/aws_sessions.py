"""The boto3 sessions of Airflow's hooks, for its setting `[aws] session_factory`."""

import os
import threading

# Where the setting is made, this imports our module in turn: who needs the class imports this first.
from airflow.providers.amazon.aws.hooks.base_aws import BaseSessionFactory
from boto3.session import Session

from include.processes.aws_models import share_models

# A session may serve one thread at a time, and the pages of Airflow's API server are several.
_of_thread = threading.local()


class SharedModelsSessionFactory(BaseSessionFactory):
    """Makes sessions that share AWS's models, and one session for all hooks of a connection in a thread.

    To parse the models, and to make a session for each client, is half of a short task's work. Where the
    connection has a role, it is assumed once.
    """

    def create_session(self, deferrable: bool = False) -> Session:
        """Give the session that the connection asks for.

        Args:
            deferrable: Asks for aiobotocore's, whose models the provider shares by itself.
        """
        if deferrable:
            asynchronous: Session = super().create_session(deferrable)
            return asynchronous
        asked = self._asked()
        if getattr(_of_thread, "asked", None) != asked:
            made: Session = super().create_session()
            # boto3 has no public name for it.
            share_models(made._session)  # noqa: SLF001
            _of_thread.asked, _of_thread.session = asked, made
        session: Session = _of_thread.session
        return session

    def _asked(self) -> tuple[object, ...]:
        """Tell all that a session depends on: a connection without a key takes that of the environment."""
        environment = sorted(setting for setting in os.environ.items() if setting[0].startswith("AWS_"))
        conn = self.conn
        return conn.conn_id, conn.session_kwargs, conn.extra_config, self.region_name, environment
