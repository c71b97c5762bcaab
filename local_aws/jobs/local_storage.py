"""Which instance types have local storage, and so take no key for their volume."""

import re

from local_aws.errors import ValidationError

# Families with a d among their attributes, and those that have local storage without saying so:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-store-volumes.html
_HAS_LOCAL_STORAGE = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|dl1|g5|g6e?|g7e?|p5\w*|p6-\w+|trn[12]n?)\.\w+")


def check_volume_key(instance_type: str | None, key: str | None, member: str) -> None:
    """Refuse a key for the volume of an instance type with local storage, as AWS does.

    Args:
        instance_type: None for serverless.
        key: Of the request, where it has one.
        member: Of the request, that holds the key.

    Raises:
        ValidationError: They do not go together.
    """
    if key and instance_type and _HAS_LOCAL_STORAGE.fullmatch(instance_type):
        raise ValidationError(
            f"{member} is not supported for instance type {instance_type}: its local storage is encrypted by "
            "a hardware module."
        )
