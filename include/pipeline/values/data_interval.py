"""The period whose data a run is for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class DataInterval:
    """The period whose data a run is for, as Airflow's `data_interval_start` and `data_interval_end`.

    Both moments have a time zone.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse a moment without time zone, which is another moment on each machine.

        Raises:
            ValueError: There is one.
        """
        for moment in (self.start, self.end):
            if moment.utcoffset() is None:
                raise ValueError(f"{moment!r} has no time zone")
