"""What models, endpoint configurations and endpoints have in common: how they are found, and the refusals."""

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from local_aws.errors import ValidationError
from local_aws.state.resources import Region, Resource


@dataclass(kw_only=True, eq=False)
class HostingResource(Resource):
    """A model, an endpoint configuration or an endpoint."""

    NOUN: ClassVar[str]
    """Its name in AWS's messages."""


H = TypeVar("H", bound=HostingResource)


def find_hosted(region: Region, kind: type[H], name: str) -> H:
    """Return the resource of a kind and name.

    Raises:
        ValidationError: `Could not find model "arn..."`.
    """
    if name not in region.of(kind):
        raise ValidationError(f'Could not find {kind.NOUN} "{region.arn(kind, name)}".')
    return region.of(kind)[name]


def free_hosted_arn(region: Region, kind: type[HostingResource], name: str) -> str:
    """Return the ARN for a new resource.

    Raises:
        ValidationError: `Cannot create already existing model "arn..."`.
    """
    arn = region.arn(kind, name)
    if region.with_arn(arn) is not None:
        raise ValidationError(f'Cannot create already existing {kind.NOUN} "{arn}".')
    return arn
