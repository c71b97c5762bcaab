"""The rules of an image in force at one of its versions, from the data file that others read too."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

# Data without code: of the folder `include`, local AWS has this part alone.
_FOLDER = "include.sagemaker_images"
IMAGE_VARIABLE = "LOCAL_AWS_IMAGE"
"""The variable in which a container finds the image that was asked for, as `repository:tag`."""


def asked_image(default: str) -> str:
    """Return the image that this container stands for.

    Args:
        default: The one outside of a container.
    """
    return os.environ.get(IMAGE_VARIABLE, default)


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """Read a data file, such as `xgboost`. What its parts mean stands in it."""
    return tomllib.loads((resources.files(_FOLDER) / f"{name}.toml").read_text(encoding="utf-8"))


def is_served(entry: Mapping[str, Any], version: str, versions: list[str]) -> bool:
    """Tell whether local AWS takes what an entry describes, at a version of the image.

    It does not take what the image takes and its library then ignores or fails on.

    Args:
        entry: With `since`, `until` and `obsolete_from`, where it has them.
        version: One of the versions.
        versions: All of them, the oldest first.
    """
    at, end = versions.index(version), len(versions)
    first = versions.index(entry["since"]) if "since" in entry else 0
    last = versions.index(entry["until"]) if "until" in entry else end
    obsolete = versions.index(entry["obsolete_from"]) if "obsolete_from" in entry else end
    return first <= at <= last and at < obsolete
