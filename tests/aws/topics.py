"""Topics of SNS whose messages a test can read."""

import json
from dataclasses import dataclass
from typing import Any

from tests.aws.clients import Aws


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


def make_topic(aws: Aws, name: str) -> Topic:
    """Make a topic, and a queue that is subscribed to it."""
    sns, sqs = aws.client("sns"), aws.client("sqs")
    arn, queue = sns.create_topic(Name=name)["TopicArn"], sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return Topic(arn, queue, sqs)
