"""The log lines of Amazon's own algorithms, from which SageMaker scrapes their metrics."""

import logging
import re
import sys

from local_aws.algorithms.metric import Metric

_LOG = logging.getLogger(__name__)
_HOST = "algo-1"


def start_log() -> None:
    """Send the log to standard output, in the form of Amazon's own images."""
    logging.basicConfig(
        stream=sys.stdout,
        level=logging.INFO,
        format="[%(asctime)s %(levelname)s %(thread)d] %(message)s",
        datefmt="%m/%d/%Y %H:%M:%S",
    )
    print("Docker entrypoint called with argument(s): train", flush=True)


def log_loss(data: str, name: str, value: float, epoch: int | None = None) -> None:
    """Log a metric that is better when smaller.

    Args:
        data: The data set: train, validation or test.
        name: The metric.
        value: Its value.
        epoch: The pass over the training data that it belongs to. None for the final model.
    """
    _log_quality(data, name, value, "loss", epoch)


def log_score(data: str, name: str, value: float, epoch: int | None = None) -> None:
    """Log a metric that is better when larger. The arguments are those of `log_loss`."""
    _log_quality(data, name, value, "score", epoch)


def _log_quality(data: str, name: str, value: float, kind: str, epoch: int | None) -> None:
    at = "" if epoch is None else f"epoch={epoch}, "
    _LOG.info("#quality_metric: host=%s, %s%s %s <%s>=%s", _HOST, at, data, name, kind, float(value))


def loss_metric(data: str, name: str, logged_as: str | None = None) -> Metric:
    """Define a metric by the lines of `log_loss`.

    Args:
        data: The data set.
        name: The metric.
        logged_as: A pattern of the name in the log, where that is not `name`.
    """
    return Metric(f"{data}:{name}", "Minimize", _pattern(data, logged_as or name, "loss"))


def score_metric(data: str, name: str, logged_as: str | None = None) -> Metric:
    """Define a metric by the lines of `log_score`. The arguments are those of `loss_metric`."""
    return Metric(f"{data}:{name}", "Maximize", _pattern(data, logged_as or name, "score"))


def _pattern(data: str, logged_as: str, kind: str) -> re.Pattern[str]:
    return re.compile(rf".*#quality_metric: host=\S+, {data} {logged_as} <{kind}>=(\S+)")


# The rate of `log_throughput`.
THROUGHPUT = Metric(
    "train:throughput",
    "Maximize",
    re.compile(r".*#throughput_metric: host=\S+, train throughput=(\S+) records/second"),
)


def log_final(data: str, name: str, value: float) -> None:
    """Log a final value as the developer guide shows it."""
    _LOG.info("#%s_score (%s) : ('%s', %s)", data, _HOST, name, float(value))


def log_throughput(rows: int, seconds: float) -> None:
    """Log that training is complete, and how fast it was."""
    _LOG.info("#progress_metric: host=%s, completed 100.0 %% of epochs", _HOST)
    _LOG.info("#throughput_metric: host=%s, train throughput=%s records/second", _HOST, rows / seconds)
