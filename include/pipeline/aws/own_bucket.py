"""The bucket that a run takes for its own: whose it has to be, where, and every call on it held to that.

A bucket's name is free for anybody who takes it first, and a default one can be guessed: only its account
tells whose it is. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal, Self

from botocore.exceptions import ClientError

from include.pipeline.errors import BucketError, OwnerError

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_s3 import S3Client

_OWNER, _SOURCE_OWNER = "ExpectedBucketOwner", "ExpectedSourceBucketOwner"


@dataclass(frozen=True)
class OwnBucket:
    """The bucket of a run."""

    name: str
    owner: str
    """The account that it has to belong to: twelve digits."""
    account: str
    """The run's own account."""
    region: str
    """Where it has to be: in that of the connection, as SageMaker wants it."""

    @classmethod
    def of_run(cls, name: str, owner: str | None, account: str, region: str) -> Self:
        """Take it for a run's: the run's own account's, where no other is named as its owner."""
        return cls(name, owner=owner or account, account=account, region=region)

    @property
    def is_of_account(self) -> bool:
        """Whether it is to be the run's own account's, which may make and delete it."""
        return self.owner == self.account

    def guard(self, s3: "S3Client") -> "S3Client":
        """Let a client make no call on this bucket without saying whose it has to be.

        Where the bucket is another account's, S3 then refuses the call before it reads or writes anything.
        Paginators, waiters and transfers make their calls through the client too. Other buckets are left
        alone.

        Returns:
            The same client.
        """
        s3.meta.events.register(
            "provide-client-params.s3", self._expect_owner, unique_id=f"own-bucket-{self.name}"
        )
        return s3

    def _expect_owner(self, params: dict[str, Any], model: "OperationModel", **_: object) -> None:
        members = model.input_shape.members if model.input_shape else {}
        if _OWNER in members and params.get("Bucket") == self.name:
            params[_OWNER] = self.owner
        if _SOURCE_OWNER in members and _bucket_of(params.get("CopySource")) == self.name:
            params[_SOURCE_OWNER] = self.owner

    def prepare(self, s3: "S3Client", make: Callable[[], object]) -> bool:
        """See that the bucket is there and is the one that it has to be; make it where it is not there.

        Args:
            s3: A client that is guarded.
            make: Makes the bucket, or raises what S3 answers.

        Returns:
            Whether it was not there and has been made.

        Raises:
            OwnerError: It is another account's.
            BucketError: It is in another region, denied, or not there and not the run's to make.
            ClientError: S3 answers otherwise.
        """
        found = self._look(s3)
        if found == "usable":
            return False
        if not self.is_of_account:
            raise self._absent() if found == "absent" else self._denied()
        try:
            # Where HeadBucket is denied, only this tells whether the bucket is another account's.
            make()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "BucketAlreadyExists":
                raise self._anothers() from None
            if code == "BucketAlreadyOwnedByYou" and found == "denied":
                raise self._denied() from None
            raise
        if found == "denied" and self._look(s3) != "usable":
            raise self._denied()
        return found == "absent"

    def is_there(self, s3: "S3Client") -> bool:
        """Tell whether the bucket is there, where it is the one that it has to be. Makes nothing.

        Args:
            s3: A client that is guarded.

        Raises:
            BucketError: It is in another region, is denied, as it is too where it is another account's, or is
                not there and not the run's to make.
            ClientError: S3 answers otherwise.
        """
        found = self._look(s3)
        if found == "denied":
            raise self._denied()
        if found == "absent" and not self.is_of_account:
            raise self._absent()
        return found == "usable"

    def _look(self, s3: "S3Client") -> Literal["usable", "absent", "denied"]:
        try:
            region = s3.head_bucket(Bucket=self.name)["BucketRegion"]
        except ClientError as error:
            answer = error.response["ResponseMetadata"]
            match answer["HTTPStatusCode"]:
                case HTTPStatus.NOT_FOUND:
                    return "absent"
                case HTTPStatus.FORBIDDEN:
                    return "denied"
                case HTTPStatus.MOVED_PERMANENTLY:
                    region = answer["HTTPHeaders"].get("x-amz-bucket-region", "another region")
                case _:
                    raise
        if region != self.region:
            raise BucketError(
                f"The bucket {self.name} is in {region}",
                f"SageMaker works with buckets of its own region, which is {self.region} here",
                "Set the Param bucket to another name, or region_name in the extra of the Airflow connection "
                "aws_default to the bucket's region",
            )
        return "usable"

    def _anothers(self) -> OwnerError:
        return OwnerError(
            f"The bucket {self.name} is another account's",
            f"a run keeps its data in a bucket of its own account, {self.account}, unless the Param "
            "bucket_owner names another",
            "Set the Param bucket to another name. Only where you know and trust the account that has this "
            "one, set bucket_owner to it",
        )

    def _denied(self) -> BucketError:
        return BucketError(
            f"The bucket {self.name} is denied (403)",
            f"it belongs to the account {self.owner}, and s3:ListBucket is allowed on it",
            "Correct the Param bucket or bucket_owner, or have s3:ListBucket allowed for the identity of the "
            "Airflow connection",
        )

    def _absent(self) -> BucketError:
        return BucketError(
            f"The bucket {self.name} is not there",
            f"a bucket of another account, which bucket_owner = {self.owner} asks for, is made there",
            "Have it made, or correct the Param bucket or bucket_owner",
        )


def _bucket_of(copy_source: str | Mapping[str, str] | None) -> str | None:
    """Read the bucket of a CopySource, which boto3 takes as a dictionary or as text."""
    if isinstance(copy_source, str):
        return copy_source.removeprefix("/").partition("/")[0]
    return copy_source.get("Bucket") if copy_source else None
