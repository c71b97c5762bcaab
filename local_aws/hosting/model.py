"""A model, as endpoints and transform jobs serve it."""

from dataclasses import dataclass
from typing import ClassVar

from local_aws.hosting.resource import HostingResource
from local_aws.state.resources import JsonObject


@dataclass(kw_only=True, eq=False)
class Model(HostingResource):
    """An image, the model archive that it serves, and its environment."""

    KIND: ClassVar[str] = "model"
    NOUN: ClassVar[str] = "model"

    container: JsonObject
    """The definition of its one container, with what its model package defines."""
