"""An endpoint configuration."""

from dataclasses import dataclass
from typing import ClassVar

from local_aws.hosting.resource import HostingResource
from local_aws.state.resources import JsonObject


@dataclass(kw_only=True, eq=False)
class EndpointConfig(HostingResource):
    """The variants that an endpoint is to have."""

    KIND: ClassVar[str] = "endpoint-config"
    NOUN: ClassVar[str] = "endpoint configuration"

    @property
    def variants(self) -> list[JsonObject]:
        """The production variants of the request."""
        variants: list[JsonObject] = self.request["ProductionVariants"]
        return variants

    @property
    def shadows(self) -> list[JsonObject]:
        """The shadow variants of the request: one at the most."""
        return list(self.request.get("ShadowProductionVariants", ()))
