"""Serve PCA."""

from pathlib import Path
from typing import TYPE_CHECKING

from local_aws.algorithms.pca.model import PcaModel
from local_aws.algorithms.toolkit.inference_formats import JSON, JSON_LINES, RECORDIO
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.algorithms.toolkit.scoring_server import AnswerForm, serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def application(model_dir: Path) -> "WSGIApplication":
    """Load the model in a directory and return the server for it."""
    # Developer guide, "PCA response formats".
    form = AnswerForm(accepted=(JSON, JSON_LINES, RECORDIO), root="projections")
    return serve(load_model(PcaModel, model_dir), form)
