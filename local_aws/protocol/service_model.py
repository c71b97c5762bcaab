"""botocore's own model of the SageMaker API: the source of every request rule and response shape."""

from functools import cache

import botocore.session
from botocore.model import ServiceModel


@cache
def service_model() -> ServiceModel:
    """Returns the model. It is loaded once, which takes 0.3 s."""
    return botocore.session.get_session().get_service_model("sagemaker")
