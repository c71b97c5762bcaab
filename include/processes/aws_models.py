"""AWS's models of its services, parsed once a process: botocore would do so for each session."""

import botocore.session

_SERVICES = ("iam", "logs", "s3", "sagemaker", "sagemaker-runtime", "sts")
_loader = botocore.session.get_session().get_component("data_loader")


def share_models(session: botocore.session.Session) -> None:
    """Let a session take the models that another has parsed, and keep what it parses for the next."""
    session.register_component("data_loader", _loader)


def read_models() -> None:
    """Parse the models of the services that the pipeline calls, for processes forked from this one."""
    session = botocore.session.get_session()
    share_models(session)
    for service in _SERVICES:
        session.create_client(service, region_name="us-east-1")
