"""botocore's own model of the SageMaker API: the source of every request's rules and every answer's shape."""

from functools import cache

import botocore.session
from botocore.model import ServiceModel


@cache
def service_model() -> ServiceModel:
    """Return the model. It is loaded once, which takes 0.3 s."""
    return botocore.session.get_session().get_service_model("sagemaker")
