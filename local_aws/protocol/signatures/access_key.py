"""An access key: who has it can sign."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

# moto's own account, of every key that it does not know.
OWN_ACCOUNT = "123456789012"


@dataclass(frozen=True)
class AccessKey:
    """An access key, with the session token that has to come with it."""

    key_id: str
    secret: str = field(repr=False)
    account: str = OWN_ACCOUNT
    token: str | None = field(default=None, repr=False)
    """None for a key that lasts."""
    expires: datetime | None = None
    """When an assumed role's key ends, in UTC."""

    @property
    def has_expired(self) -> bool:
        """Whether its session is over."""
        return self.expires is not None and datetime.now(UTC) >= self.expires
