"""Topics of SNS whose messages a test can read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.aws.waiting import wait_until


@dataclass(frozen=True)
class Topic:
    """A topic, and the queue that its messages go to."""

    arn: str
    queue: str
    sqs: Any

    def messages(self) -> list[dict[str, Any]]:
        """Take what was published since the last time: `Subject`, `Message` and what SNS has beside."""
        found = []
        while answer := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for one in answer:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
                found.append(json.loads(one["Body"]))
        return found

    def document(self) -> dict[str, Any]:
        """Wait for the one message that is on its way, and read its JSON."""
        (one,) = wait_until(self.messages)
        document: dict[str, Any] = json.loads(one["Message"])
        return document


def make_topic(client: Callable[[str], Any], name: str) -> Topic:
    """Make a topic, and a queue that is subscribed to it.

    Args:
        client: Takes the name of a service.
        name: Of the topic.
    """
    sns, sqs = client("sns"), client("sqs")
    arn, queue = sns.create_topic(Name=name)["TopicArn"], sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return Topic(arn, queue, sqs)
