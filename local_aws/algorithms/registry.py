"""Find the algorithm that stands for a SageMaker image."""

import importlib
import importlib.util
import pkgutil
import re
from dataclasses import dataclass
from functools import cache

from local_aws import algorithms
from local_aws.algorithms.image_rules import IMAGE_VARIABLE
from local_aws.algorithms.metric import Metric
from local_aws.errors import ValidationError

# <registry account>.dkr.ecr.<region>.<domain>/<repository>:<tag>; the tag may name processor and Python.
_IMAGE_URI = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.]+/(?P<image>[^:@]+:.+?)(-cpu)?(-py3)?")


@dataclass(frozen=True)
class Algorithm:
    """An algorithm as a request's image URI names it."""

    name: str
    """Its folder below `algorithms`."""
    image: str
    """The image that was asked for, as `repository:tag`."""
    kept_image: str
    """The image whose contract it keeps, as `repository:tag`."""
    is_multi_model: bool = False
    """Whether a container of it serves several models."""
    has_pipe_mode: bool = False
    """Whether a job of it may have channels that are pipes."""

    @property
    def environment(self) -> dict[str, str]:
        """What its container is told of the image that was asked for."""
        return {IMAGE_VARIABLE: self.image}


@cache
def _known_images() -> dict[str, Algorithm]:
    known = {}
    for module in pkgutil.iter_modules(algorithms.__path__):
        if module.ispkg:
            package = importlib.import_module(f"{algorithms.__name__}.{module.name}")
            # A folder without images holds what algorithms share.
            images: tuple[str, ...] = getattr(package, "IMAGES", ())
            several: tuple[str, ...] = getattr(package, "MULTI_MODEL_IMAGES", ())
            piped: tuple[str, ...] = getattr(package, "PIPE_MODE_IMAGES", ())
            known.update(
                {
                    image: Algorithm(module.name, image, images[0], image in several, image in piped)
                    for image in images
                }
            )
    return known


def find_algorithm(image_uri: str) -> Algorithm:
    """Return the algorithm for an image URI.

    Raises:
        ValidationError: Local AWS has none. The message lists the images that it can run.
    """
    parsed = _IMAGE_URI.fullmatch(image_uri)
    known = _known_images()
    if parsed is None or parsed["image"] not in known:
        raise ValidationError(
            f'Local AWS cannot run the image "{image_uri}". It runs these SageMaker images, under any '
            f"registry account and region: {', '.join(known)}."
        )
    return known[parsed["image"]]


def is_built_in(repository: str) -> bool:
    """Tell whether a repository of SageMaker's has the images of an algorithm."""
    return any(image.partition(":")[0] == repository for image in _known_images())


@cache
def has_own_model(algorithm: Algorithm) -> bool:
    """Tell whether the image trains and serves by itself, and not only by a script of the user's."""
    return _exists(f"{algorithm.name}.training")


@cache
def runs_scripts(algorithm: Algorithm) -> bool:
    """Tell whether the image runs scripts of the user's in place of what it does itself."""
    return _exists(f"script.defaults.{algorithm.name}")


def _exists(module: str) -> bool:
    return importlib.util.find_spec(f"{algorithms.__name__}.{module}") is not None


@cache
def metrics_of(algorithm: Algorithm) -> tuple[Metric, ...]:
    """Return the metrics that a tuning job can ask for: none where there is no `metrics` module."""
    return _metrics_named("METRICS", algorithm)


@cache
def logged_metrics_of(algorithm: Algorithm) -> tuple[Metric, ...]:
    """Return all metrics that SageMaker finds in an algorithm's log, also those of the training data."""
    return metrics_of(algorithm) + _metrics_named("OTHER_METRICS", algorithm)


def _metrics_named(constant: str, algorithm: Algorithm) -> tuple[Metric, ...]:
    if not _exists(f"{algorithm.name}.metrics"):
        return ()
    module = importlib.import_module(f"{algorithms.__name__}.{algorithm.name}.metrics")
    metrics: tuple[Metric, ...] = getattr(module, constant, ())
    return metrics
