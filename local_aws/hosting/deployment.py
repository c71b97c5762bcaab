"""What an endpoint serves: an endpoint configuration, and the models of its variants."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from local_aws.hosting.endpoint_config import EndpointConfig
from local_aws.hosting.model import Model
from local_aws.hosting.resource import find_hosted
from local_aws.state.resources import JsonObject, Region


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What an endpoint serves. It stays the same when the configuration or a model is deleted."""

    config: JsonObject
    """The request of its endpoint configuration, with what was changed for this endpoint since."""
    models: list[Model]
    """The models of its production variants, in the same order."""
    shadow_models: list[Model] = field(default_factory=list)
    """Those of its shadow variants."""

    @classmethod
    def of(cls, region: Region, config: EndpointConfig) -> Self:
        """Return the deployment of an endpoint configuration.

        Raises:
            ValidationError: A model of it was deleted.
        """
        models, shadows = (
            [find_hosted(region, Model, variant["ModelName"]) for variant in variants]
            for variants in (config.variants, config.shadows)
        )
        return cls(config=config.request, models=models, shadow_models=shadows)

    @property
    def variants(self) -> list[JsonObject]:
        """The production variants of the configuration."""
        variants: list[JsonObject] = self.config["ProductionVariants"]
        return variants

    @property
    def shadows(self) -> list[JsonObject]:
        """The shadow variants of the configuration."""
        return list(self.config.get("ShadowProductionVariants", ()))

    def changed(self, changes: Mapping[str, JsonObject]) -> Self:
        """Return a deployment in which members of the variants are changed.

        Args:
            changes: The members to change, by VariantName.
        """
        variants = [spec | changes.get(spec["VariantName"], {}) for spec in self.variants]
        return replace(self, config={**self.config, "ProductionVariants": variants})
