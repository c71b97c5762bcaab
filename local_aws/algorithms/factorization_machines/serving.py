"""Serve Factorization Machines."""

from pathlib import Path
from typing import TYPE_CHECKING

from local_aws.algorithms.factorization_machines.model import FactorizationMachine
from local_aws.algorithms.toolkit.inference_formats import JSON, JSON_LINES, RECORDIO
from local_aws.algorithms.toolkit.model_files import load_model
from local_aws.algorithms.toolkit.scoring_server import AnswerForm, serve

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Developer guide, "Factorization Machines algorithm": its input and output; no CSV.
_FORMATS = (JSON, JSON_LINES, RECORDIO)


def application(model_dir: Path) -> "WSGIApplication":
    """Load the model in a directory and return the server for it."""
    form = AnswerForm(content_types=_FORMATS, accepted=_FORMATS, is_sparse=True)
    return serve(load_model(FactorizationMachine, model_dir), form)
