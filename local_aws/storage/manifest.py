"""A ManifestFile: an S3 object that lists the objects of an input.

Source: API reference, S3DataSource.
"""

import json

from local_aws.errors import BadManifestError
from local_aws.storage.objects import S3Url, Storage


def manifest_objects(storage: Storage, manifest: S3Url) -> dict[str, S3Url]:
    """Return the objects that a manifest lists.

    Args:
        storage: The S3 that holds the manifest and its objects.
        manifest: The URL of `[{"prefix": "s3://bucket/some/"}, "relative/path", ...]`.

    Returns:
        The objects by their relative path, in the order of the manifest.

    Raises:
        NoSuchObjectError: There is no manifest.
        BadManifestError: The manifest has another form, or one of its objects does not exist.
    """
    try:
        prefix, *paths = json.loads(storage.read(manifest))
        start = prefix["prefix"]
    except (ValueError, TypeError, KeyError) as error:
        raise _bad(manifest, f"{error!r}") from error
    if not isinstance(start, str) or not start.startswith("s3://"):
        raise _bad(manifest, f"the prefix is {start!r}")
    if not paths or not all(isinstance(path, str) for path in paths):
        raise _bad(manifest, "after the prefix it has one relative path or more, and nothing else")
    objects = {path: S3Url.parse(f"{start}{path}") for path in paths}
    for url in objects.values():
        if not storage.exists(url):
            raise BadManifestError(f"the manifest {manifest} lists {url}, which does not exist")
    return objects


def _bad(manifest: S3Url, why: str) -> BadManifestError:
    return BadManifestError(
        f'the manifest {manifest} is not of the form [{{"prefix": "s3://bucket/some/"}}, "relative/path", '
        f"...]: {why}"
    )
