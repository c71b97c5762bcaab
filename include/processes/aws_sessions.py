"""The boto3 sessions of Airflow's hooks, for its setting `[aws] session_factory`."""

# Where the setting is made, this imports our module in turn: who needs the class imports this first.
from airflow.providers.amazon.aws.hooks.base_aws import BaseSessionFactory
from boto3.session import Session

from include.processes.aws_models import share_models


class SharedModelsSessionFactory(BaseSessionFactory):
    """Makes sessions that share AWS's models: to parse them is half of a short task's work."""

    def create_session(self, deferrable: bool = False) -> Session:
        """Make a session as the connection says.

        Args:
            deferrable: Asks for aiobotocore's, whose models the provider shares by itself.
        """
        session: Session = super().create_session(deferrable)
        if not deferrable:
            # boto3 has no public name for it.
            share_models(session._session)  # noqa: SLF001
        return session
