"""A copy of a request for a shadow variant: its answer is counted, captured as others are, and dropped.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html
"""

import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from local_aws.errors import ModelError
from local_aws.hosting.invocations.data_capture import DataCapture, Exchange
from local_aws.hosting.invocations.forwarding import forward
from local_aws.hosting.serving.variant import EndpointVariant
from local_aws.state.resources import Region

# That many copies are answered at once; others wait. No caller does.
_WORKERS = 4


@dataclass(frozen=True, kw_only=True)
class RequestCopy:
    """What the shadow of a variant is asked, too."""

    region: Region
    endpoint_name: str
    body: bytes
    headers: Mapping[str, str]
    """Those that a container gets."""
    seconds: float
    """How long the shadow's container may take."""
    capture: DataCapture | None
    """What is captured of it."""

    def send(self, variant: EndpointVariant) -> None:
        """Send it to the shadow of the variant that answers, where it has one, and do not wait.

        The shadow's weight by that of its variant is the share of the requests that are copied.
        """
        shadow = variant.shadow
        if shadow is None or random.random() * variant.weight >= shadow.weight:  # noqa: S311 - a sample
            return
        if shadow.copies is None:
            shadow.copies = self.region.background.queue(_WORKERS)
        reservation = ExitStack()
        reservation.enter_context(shadow.reserved())
        self.region.background.run_queued(shadow.copies, self._answer, shadow, reservation)

    def _answer(self, shadow: EndpointVariant, reservation: ExitStack) -> None:
        with reservation:
            try:
                answer = forward(shadow, self.body, self.headers, self.seconds)
            except ModelError:
                # The variant has counted it, and nobody else is told.
                return
            if self.capture is not None and self.capture.takes_next():
                exchange = Exchange.of(self.headers, self.body, answer)
                self.capture.write(self.region.storage, self.endpoint_name, shadow, exchange)
