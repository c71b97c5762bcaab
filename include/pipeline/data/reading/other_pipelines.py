"""Which pipeline reads a file that another one does not: for a message's last line."""

from collections.abc import Collection

from include.pipeline.documents.config import load_config, pipeline_names
from include.pipeline.errors import ConfigError


def pipeline_reading(names: Collection[str], delimiter: str) -> str | None:
    """Find a pipeline whose YAML names columns of a file of this form; None where there is none.

    Args:
        names: The columns of the file.
        delimiter: What stands between its cells.
    """
    for pipeline in pipeline_names():
        try:
            table = load_config(pipeline).table
        except ConfigError:
            continue
        if table.file.delimiter == delimiter and {table.label, *table.left_out, *table.columns} <= set(names):
            return pipeline
    return None
