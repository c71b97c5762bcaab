"""A message to those who are to be told, by the notifiers of Airflow's providers."""

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from airflow.sdk import Context
from airflow.sdk.bases.notifier import BaseNotifier

from include.airflow_names import CONNECTION
from include.pipeline.documents.config import PipelineConfig
from include.pipeline.documents.scoring.notify import Event, Receiver

# https://docs.aws.amazon.com/sns/latest/api/API_Publish.html: Subject. Message has at most 256 KiB.
_LONGEST_SUBJECT, _LONGEST_TEXT = 99, 20_000
# Airflow ends a task's process 20 seconds after the task.
_SLACK_SECONDS = 5


@dataclass(frozen=True)
class Notice:
    """What people are told."""

    event: Event
    subject: str
    """In one line."""
    text: str
    """Figure and cause, in lines."""
    link: str
    """Where there is more."""


def notifier(receiver: Receiver, notice: Notice) -> BaseNotifier:
    """Make the provider's notifier that sends a notice to a receiver.

    Call its `notify`, and not itself: that would take what the message quotes for a Jinja template.
    """
    # They would cost time at every parse of a DAG.
    from airflow.providers.amazon.aws.notifications.sns import SnsNotifier
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier

    text = notice.text[:_LONGEST_TEXT]
    if receiver.sns:
        return SnsNotifier(
            aws_conn_id=CONNECTION,
            region_name=receiver.sns.split(":")[3],
            target_arn=receiver.sns,
            subject=notice.subject.encode("ascii", "replace").decode()[:_LONGEST_SUBJECT],
            message=f"{text}\n\n{notice.link}",
        )
    if receiver.slack:
        # MWAA's Airflow has no provider of Slack's, unless it is asked for.
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        # https://docs.slack.dev/messaging/formatting-message-text: these three characters are escaped.
        subject, quoted = (html.escape(each, quote=False) for each in (notice.subject, text))
        return SlackWebhookNotifier(
            slack_webhook_conn_id=receiver.slack,
            text=f"*{subject}*\n```{quoted}```\n{html.escape(notice.link, quote=False)}",
            timeout=_SLACK_SECONDS,
        )
    link = html.escape(notice.link)
    return SmtpNotifier(
        smtp_conn_id=receiver.connection,
        from_email=receiver.sender,
        to=list(receiver.email),
        subject=notice.subject,
        html_content=f'<pre style="white-space: pre-wrap">{html.escape(text)}</pre>'
        f'<a href="{link}">{link}</a>',
    )


class PipelineNotifier(BaseNotifier):
    """Tells those whom a pipeline's YAML names; never fails, as what it tells of has happened already.

    Args:
        config: The pipeline's.
        tell: Says what there is to tell; None for nothing.
    """

    def __init__(self, config: PipelineConfig, tell: Callable[[Any], Notice | None]) -> None:
        super().__init__()
        self.config = config
        self.tell = tell

    def notify(self, context: Context) -> None:
        """Send the message to each receiver."""
        try:
            notice = self.tell(context)
        except Exception:
            self.log.exception("Nobody is told: what there is to tell could not be found out")
            return
        if notice:
            self.send(notice, self.config.notify, context)

    def send(self, notice: Notice, receivers: Iterable[Receiver], context: Context) -> bool:
        """Send a notice to those who are told of such events.

        Returns:
            Whether it was sent to all of them.
        """
        sent = True
        for receiver in receivers:
            if notice.event not in receiver.events:
                continue
            try:
                notifier(receiver, notice).notify(context)
            except Exception:
                self.log.exception("Not told: %s", receiver)
                sent = False
            else:
                self.log.info("Told %s: %s", receiver, notice.subject)
        return sent
