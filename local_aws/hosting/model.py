"""A model, as endpoints and transform jobs serve it."""

from dataclasses import dataclass, field
from typing import ClassVar

from local_aws.hosting.resource import HostingResource
from local_aws.model_registry.container_definition import is_multi_model
from local_aws.state.resources import JsonObject


@dataclass(kw_only=True, eq=False)
class Model(HostingResource):
    """Its containers: of each the image, the model archive that it serves, and its environment."""

    KIND: ClassVar[str] = "model"
    NOUN: ClassVar[str] = "model"

    container: JsonObject
    """The definition of its first container, with what its model package defines."""
    next_containers: list[JsonObject] = field(default_factory=list)
    """Those of an inference pipeline: each gets the answer of the one before as its request."""

    @property
    def containers(self) -> list[JsonObject]:
        """The definitions of all its containers, in the order in which they answer."""
        return [self.container, *self.next_containers]

    @property
    def is_pipeline(self) -> bool:
        """Whether it is an inference pipeline."""
        return bool(self.next_containers)

    @property
    def is_multi_model(self) -> bool:
        """Whether a container of it serves several models."""
        return any(map(is_multi_model, self.containers))

    @property
    def container_names(self) -> list[str]:
        """The names of its containers in logs and messages.

        Source: "Logs for SageMaker AI" and "Troubleshoot inference pipelines" in the developer guide.
        """
        if not self.is_pipeline:
            return ["primary"]
        return [
            definition.get("ContainerHostname", f"container-{number}")
            for number, definition in enumerate(self.containers, start=1)
        ]
