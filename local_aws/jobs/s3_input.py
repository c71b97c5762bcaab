"""The S3 objects of a job's input, as SageMaker copies them into a container."""

from collections.abc import Mapping
from pathlib import Path

from local_aws.state.resources import JsonObject
from local_aws.storage.manifest import manifest_objects
from local_aws.storage.objects import S3Url, Storage


def no_objects(url: str) -> str:
    """Return AWS's words for a prefix without objects."""
    return (
        f'No S3 objects found under S3 URL "{url}" given in input data source. Please ensure that the '
        "bucket exists in the selected region, that objects exist under that S3 prefix, and that the role "
        'has "s3:ListBucket" permissions on the bucket.'
    )


def data_objects(storage: Storage, prefix: S3Url) -> dict[str, S3Url]:
    """Return the objects below a prefix, without the empty objects that stand for folders.

    Args:
        storage: The S3 that holds them.
        prefix: A folder, a key, or the beginning of keys.

    Returns:
        The objects by their path below the prefix, in the order of the keys.
    """
    return {
        _path_below(prefix.key, key): S3Url(prefix.bucket, key)
        for key in storage.keys(prefix)
        if not key.endswith("/")
    }


def has_objects(storage: Storage, source: JsonObject, region: str) -> bool:
    """Tell whether there are objects below the S3Uri of a data source, or its manifest, in a region.

    Args:
        storage: The S3 that holds them.
        source: An S3DataSource.
        region: The name of the job's region: SageMaker reads no bucket of another.
    """
    url = S3Url.parse(source["S3Uri"])
    if storage.region_of(url.bucket) != region:
        return False
    if source["S3DataType"] == "ManifestFile":
        return storage.exists(url)
    return bool(data_objects(storage, url))


def source_objects(storage: Storage, source: JsonObject) -> dict[str, S3Url]:
    """Return the objects of a data source.

    Args:
        storage: The S3 that holds them.
        source: An S3DataSource. Its `S3Uri` is a manifest where `S3DataType` is ManifestFile, else a prefix.

    Returns:
        The objects by their path below the prefix.

    Raises:
        NoSuchObjectError: There is no manifest.
        BadManifestError: The manifest is not usable.
    """
    url = S3Url.parse(source["S3Uri"])
    if source["S3DataType"] == "ManifestFile":
        return manifest_objects(storage, url)
    return data_objects(storage, url)


def download(storage: Storage, objects: Mapping[str, S3Url], directory: Path) -> None:
    """Make a directory, and write objects to their paths below it.

    Raises:
        NoSuchObjectError: An object vanished since it was listed.
        ValueError: A path would leave the directory.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for path, url in objects.items():
        target = (directory / path).resolve()
        if not target.is_relative_to(directory.resolve()):
            raise ValueError(f"the key {url.key!r} leads out of the channel's directory")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(storage.read(url))


def _path_below(prefix: str, key: str) -> str:
    folder = f"{prefix.removesuffix('/')}/" if prefix else ""
    if not key.startswith(folder):
        folder = prefix[: prefix.rfind("/") + 1]
    return key.removeprefix(folder)
