"""What an endpoint serves: an endpoint configuration, and the models of its production variants."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from local_aws.hosting.endpoint_config import EndpointConfig
from local_aws.hosting.model import Model
from local_aws.hosting.resource import find_hosted
from local_aws.state.resources import JsonObject, Region


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What an endpoint serves. Deleting the configuration or a model later changes nothing."""

    config: JsonObject
    """The request of its endpoint configuration, with what was changed for this endpoint since."""
    models: list[Model]
    """The models of its production variants, in the same order."""

    @classmethod
    def of(cls, region: Region, config: EndpointConfig) -> Self:
        """Looks up what a configuration asks for.

        Raises:
            ValidationError: A model was deleted meanwhile.
        """
        models = [find_hosted(region, Model, variant["ModelName"]) for variant in config.variants]
        return cls(config=config.request, models=models)

    @property
    def variants(self) -> list[JsonObject]:
        """The production variants."""
        variants: list[JsonObject] = self.config["ProductionVariants"]
        return variants

    def changed(self, changes: Mapping[str, JsonObject]) -> Self:
        """Returns a deployment whose variants have other members.

        Args:
            changes: The members that change, by VariantName.
        """
        variants = [spec | changes.get(spec["VariantName"], {}) for spec in self.variants]
        return replace(self, config={**self.config, "ProductionVariants": variants})
