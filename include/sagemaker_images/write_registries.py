"""Writes which registry has the images of SageMaker's own algorithms in each region: `make images`.

The sagemaker package knows it, but takes 4 s and 200 MB to import. A pipeline reads the table instead.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from sagemaker.core import image_uris

FRAMEWORKS = ("xgboost", "linear-learner", "knn", "factorization-machines")


def file_of(framework: str) -> Path:
    """Return the place of a table."""
    return Path(__file__).with_name(f"{framework}_registries.json")


def registries(framework: str) -> dict[str, Any]:
    """Ask the sagemaker package for the image of each version that it knows, in each region.

    Args:
        framework: As the package calls the algorithm.

    Returns:
        `images`: repository and tag by version. `registries`: those of some versions, with a host by region.
    """
    config = image_uris.config_for_framework(framework)
    known = config.get("training", config)
    images: dict[str, str] = {}
    of_hosts: dict[str, list[str]] = defaultdict(list)
    versions = {version: version for version in known["versions"]} | known.get("version_aliases", {})
    for version, its_name in versions.items():
        hosts = {}
        for region in sorted(known["versions"][its_name]["registries"]):
            uri = image_uris.retrieve(framework, region=region, version=version)
            hosts[region], _, images[version] = uri.partition("/")
        of_hosts[json.dumps(hosts)].append(version)
    return {
        "source": "image_uris of the sagemaker package",
        "images": images,
        "registries": [
            {"versions": versions, "hosts": json.loads(hosts)} for hosts, versions in of_hosts.items()
        ],
    }


if __name__ == "__main__":
    for name in FRAMEWORKS:
        file_of(name).write_text(json.dumps(registries(name), indent=2) + "\n", encoding="utf-8")
        print(file_of(name).name)
