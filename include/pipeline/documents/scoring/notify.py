"""The section `notify` of a pipeline's YAML: who is told of what becomes of its runs and models."""

from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Event = Literal[
    "failed run", "rejected model", "waiting approval", "promotion", "rollback", "drift", "leftovers"
]
EVENTS: tuple[Event, ...] = get_args(Event)
"""Of what people may be told."""

# https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html; a FIFO topic sends no e-mail.
_TOPIC = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
_CONNECTION = r"^[A-Za-z0-9_.-]{1,250}$"
Address = Annotated[str, Field(max_length=320, pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")]


class Receiver(BaseModel):
    """Who is told, in one way: a topic of SNS, addresses of e-mail, or a channel of Slack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sns: Annotated[str, Field(pattern=_TOPIC)] | None = None
    """ARN of a topic, to which the connection `aws_default` publishes."""
    email: tuple[Address, ...] = ()
    """Addresses, to which one message is sent."""
    sender: Address | None = None
    """From whom it comes; null for the address that the connection has."""
    connection: Annotated[str, Field(pattern=_CONNECTION)] = "smtp_default"
    """Airflow connection of type smtp."""
    slack: Annotated[str, Field(pattern=_CONNECTION)] | None = None
    """Airflow connection of type slackwebhook: an incoming webhook, which belongs to one channel."""
    events: tuple[Event, ...] = Field(default=EVENTS, min_length=1)
    """Of what they are told; without, of all."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.sns, self.email, self.slack))) != 1:
            raise PydanticCustomError("receiver", "a receiver has sns, email or slack, one of the three")
        if not self.email and self.model_fields_set & {"sender", "connection"}:
            raise PydanticCustomError("receiver", "sender and connection: are of email")
        return self

    def __str__(self) -> str:
        return self.sns or self.slack or ", ".join(self.email)
