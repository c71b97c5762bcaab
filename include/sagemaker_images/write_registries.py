"""Writes which registry has SageMaker's XGBoost images in each region: `make images`.

The sagemaker package knows it, but takes 4 s and 200 MB to import. A pipeline reads the table instead.
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from sagemaker.core import image_uris

FILE = Path(__file__).with_name("xgboost_registries.json")
FRAMEWORK = "xgboost"


def registries() -> dict[str, Any]:
    """Ask the sagemaker package for the image of each version that it knows, in each region.

    Returns:
        `images`: repository and tag by version. `registries`: those of some versions, with a host by region.
    """
    known = image_uris.config_for_framework(FRAMEWORK)["training"]
    images: dict[str, str] = {}
    of_hosts: dict[str, list[str]] = defaultdict(list)
    versions = {version: version for version in known["versions"]} | known["version_aliases"]
    for version, its_name in versions.items():
        hosts = {}
        for region in sorted(known["versions"][its_name]["registries"]):
            uri = image_uris.retrieve(FRAMEWORK, region=region, version=version)
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
    FILE.write_text(json.dumps(registries(), indent=2) + "\n", encoding="utf-8")
    print(FILE.name)
