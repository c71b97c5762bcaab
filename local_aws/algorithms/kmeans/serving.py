"""Serve k-means."""

from pathlib import Path
from typing import TYPE_CHECKING

from local_aws.algorithms.kmeans.model import KMeansModel
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.algorithms.toolkit.scoring_server import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application(model_dir: Path) -> "WSGIApplication":
    """Load the model in a directory and return the server for it."""
    return serve(load_model(KMeansModel, model_dir))
