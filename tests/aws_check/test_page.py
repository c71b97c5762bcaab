"""docs/aws-check.md shows what is printed where all is right, and of each thing that is wrong."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from include.aws_check.finding import Finding
from tests.aws.clients import Aws, strangers_s3
from tests.aws_check.asked import (
    BUCKET,
    ENDPOINT,
    ROLE,
    TRAINING,
    TRUST,
    account_with_role,
    check,
    quotas,
    refusing,
)
from tests.docs.pages import Page
from tests.pipeline.planned import CONFIG
from tests.project import PROJECT

pytestmark = pytest.mark.slow

PAGE = Page(PROJECT / "docs" / "aws-check.md")
UNKNOWN_KEY = "The security token included in the request is invalid."
Findings = dict[str, Finding]


def role_without_trust(aws: Aws) -> Findings:
    statement = TRUST["Statement"][0] | {"Principal": {"Service": "ec2.amazonaws.com"}}
    iam = aws.client("iam")
    document = json.dumps(TRUST | {"Statement": statement})
    iam.create_role(RoleName="untrusting", AssumeRolePolicyDocument=document)
    return check(aws, role=ROLE.replace("role/sagemaker", "role/untrusting"))


def strangers_bucket(aws: Aws) -> Findings:
    stranger = strangers_s3(aws.client("sts"))
    stranger.create_bucket(Bucket=BUCKET)
    found = check(aws)
    stranger.delete_bucket(Bucket=BUCKET)
    return found


def denied(aws: Aws) -> Findings:
    text = "is not authorized because no identity-based policy allows the sagemaker:ListEndpoints action"
    return check(aws, {"sagemaker": refusing("sagemaker", "list_endpoints", "AccessDeniedException", text)})


def unasked_quotas(aws: Aws) -> Findings:
    text = "is not authorized because no identity-based policy allows servicequotas:ListServiceQuotas"
    refused = refusing("service-quotas", "list_service_quotas", "AccessDenied", text)
    return check(aws, {"service-quotas": refused})


def too_many_instances(aws: Aws) -> Findings:
    params = CONFIG.params.model_copy(update={"training_instance_count": 9})
    return check(aws, config=CONFIG.model_copy(update={"params": params}))


# By the page's headings.
SEEN: dict[str, Callable[[Aws], Findings]] = {
    "All is right": check,
    "The access key": lambda aws: check(
        aws, {"sts": refusing("sts", "get_caller_identity", "InvalidClientTokenId", UNKNOWN_KEY)}
    ),
    "The clock": lambda aws: check(aws, now=datetime.now(UTC) + timedelta(minutes=6)),
    "The region": lambda aws: check(aws, region=None),
    "No role is named": lambda aws: check(aws, role=None),
    "The limits": too_many_instances,
    "The role is not there": lambda aws: check(aws, role=f"{ROLE}-absent"),
    "The role does not trust SageMaker": role_without_trust,
    "The bucket is another's": strangers_bucket,
    "A permission": denied,
    "A quota": lambda aws: check(aws, {"service-quotas": quotas({TRAINING: 0.0, ENDPOINT: 1.0})}),
    "What may not be asked": unasked_quotas,
}


def timeless(text: str) -> str:
    """Without what depends on when it was asked."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", text)
    return re.sub(r"\b\d s from AWS", "0 s from AWS", text)


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with account_with_role() as aws:
        yield aws


def transcripts() -> dict[str, str]:
    """What stands below each heading in a block of text."""
    parts = re.split(r"^## ", PAGE.text, flags=re.MULTILINE)[1:]
    blocks = {part.partition("\n")[0]: re.findall(r"```text\n(.*?)\n```", part, re.DOTALL) for part in parts}
    return {heading: texts[0] for heading, texts in blocks.items() if texts}


def test_the_page_has_a_transcript_of_each() -> None:
    assert list(transcripts()) == list(SEEN)


@pytest.mark.parametrize("heading", SEEN)
def test_a_transcript_is_what_is_printed(heading: str, aws: Aws) -> None:
    printed = "\n".join(str(finding) for finding in SEEN[heading](aws).values())
    assert timeless(printed) == timeless(transcripts()[heading])
