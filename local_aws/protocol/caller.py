"""Who calls, and for which region."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """The account, region and signing name of a request."""

    account: str
    region: str
    service: str
