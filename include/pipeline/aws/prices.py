"""What instances cost by prices.json: only what a source told, and of whose date."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

Use = Literal["training", "hosting"]

_FILE = Path(__file__).with_suffix(".json")
_HOUR = timedelta(hours=1)


class PriceList(BaseModel):
    """The on-demand prices of one region, from one source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    region: str
    """Such as `us-east-1`."""
    as_of: str
    """When they held: a year, month or day, as the source tells it."""
    source: str
    """Its URL."""
    training: dict[str, float]
    """Of training jobs: USD an hour by instance type."""
    hosting: dict[str, float]
    """Of endpoints: USD an hour by instance type."""


class _PriceFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    lists: tuple[PriceList, ...]


@cache
def _lists() -> dict[str, PriceList]:
    lists = _PriceFile.model_validate_json(_FILE.read_bytes()).lists
    return {one.region: one for one in lists}


def as_of(region: str) -> str | None:
    """Tell when a region's prices held; None where no price of it is known."""
    return _lists()[region].as_of if region in _lists() else None


def usd(region: str, use: Use, instance_type: str, count: int, time: timedelta) -> float | None:
    """Price instances for some time. Each is billed by the second.

    Args:
        region: Where they run.
        use: What they do there.
        instance_type: Such as `ml.m5.xlarge`.
        count: How many.
        time: Of each.

    Returns:
        USD at the on-demand price, or None where the price is not known.
    """
    known = _lists().get(region)
    price: float | None = getattr(known, use).get(instance_type) if known else None
    return None if price is None else price * count * (time / _HOUR)
