"""The limits of a deployment, as who runs Airflow sets them."""

from pathlib import Path
from typing import Any

import yaml

from include.pipeline.documents.config import LIMITS_FILE


def limits_setting(folder: Path, **limits: Any) -> dict[str, str]:
    """Write a file of limits for the bundled pipeline.

    Returns:
        The setting of Airflow's processes that names it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "limits.yaml"
    file.write_text(yaml.safe_dump({"bank_marketing": limits}))
    return {LIMITS_FILE: str(file)}
