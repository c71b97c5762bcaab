from typing import Any

import pytest
from pydantic import ValidationError

from include.pipeline.documents.scoring.notify import EVENTS, Receiver

TOPIC = "arn:aws:sns:eu-west-1:123456789012:models"


def test_a_receiver_is_told_of_everything_unless_it_says_of_what() -> None:
    assert Receiver(sns=TOPIC).events == EVENTS
    some = Receiver.model_validate({"email": ["ana@example.com"], "events": ["promotion"]})
    assert (some.events, some.connection, some.sender) == (("promotion",), "smtp_default", None)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"email": []},
        {"sns": TOPIC, "email": ["ana@example.com"]},
        {"sns": "models"},
        {"sns": f"{TOPIC}.fifo"},
        {"sns": TOPIC, "connection": "smtp_default"},
        {"email": ["ana@example.com\nBcc: eve@example.com"]},
        {"email": ["ana@example.com, eve@example.com"]},
        {"email": ["ana"]},
        {"email": ["ana@example.com"], "sender": "Ana <ana@example.com>"},
        {"sns": TOPIC, "events": ["everything"]},
        {"sns": TOPIC, "events": []},
        {"slack": "https://hooks.slack.com/services/T/B/X"},
        {"slack": "slack_models", "sns": TOPIC},
        {"slack": "slack_models", "sender": "ana@example.com"},
    ],
)
def test_what_nobody_can_be_told_by_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Receiver.model_validate(fields)
