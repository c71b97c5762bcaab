"""The access keys that local AWS knows: its own, those of IAM users, and those of assumed roles."""

from datetime import UTC

from moto.iam.models import get_account_id_from, iam_backends
from moto.sts.models import sts_backends

from local_aws.protocol.signatures.access_key import AccessKey


class AccessKeys:
    """The keys of local AWS, found by their id.

    Args:
        own: The key that the server was started with.
    """

    def __init__(self, own: AccessKey) -> None:
        self._own = own

    def find(self, key_id: str) -> AccessKey | None:
        """Return the key with an id, or None: moto makes keys for AssumeRole and CreateAccessKey."""
        if key_id == self._own.key_id:
            return self._own
        account = get_account_id_from(key_id)
        # Other requests may add a session or a user in the meantime.
        for partition in list(sts_backends[account]):
            for role in list(sts_backends[account][partition].assumed_roles):
                if role.access_key_id == key_id:
                    expires = role.expiration.replace(tzinfo=UTC)
                    return AccessKey(key_id, role.secret_access_key, account, role.session_token, expires)
        for partition in list(iam_backends[account]):
            for user in list(iam_backends[account][partition].users.values()):
                for key in list(user.access_keys):
                    if key.access_key_id == key_id and key.status == "Active":
                        return AccessKey(key_id, key.secret_access_key, account)
        return None
