"""Watching a pipeline's source: its asset, and the task that updates it when the source has changed.

The watcher reads the last version from its own last event. Airflow writes an event and the success of its
task in one transaction, so a change is either announced and remembered, or neither. The asset's state store
keeps the version of the first look, which makes no event, and of later looks without a change: it is read
where `airflow db clean` has deleted the event.
"""

import logging
from typing import Any

from airflow.sdk import Asset, task

from include.operators.connection import hook
from include.operators.failures.left_out import LeftOutError
from include.operators.source.access import mask_secrets_of, source_login, source_policy

_VERSION = "version"  # the key in the state store
# Enough to find the watcher's last event among those that users made by hand.
_EVENTS = 10

log = logging.getLogger(__name__)


def source_asset(pipeline: str) -> Asset:
    """Return the asset that stands for what a pipeline's `data_url` leads to."""
    return Asset(f"{pipeline}_source", group="source")


@task
def look_at_source(
    pipeline: str,
    ti: Any = None,
    inlet_events: Any = None,
    outlet_events: Any = None,
    asset_state_store: Any = None,
) -> None:
    """Update the task's only outlet, with the version as extra, when the source has changed; else skip.

    A source that is seen for the first time is remembered and counts as unchanged.

    Args:
        pipeline: Names the YAML file in `include/datasets`, whose `data_url` is looked at.
        ti: Filled in by Airflow, and what follows too.
        inlet_events: Events of the asset, which has to be an inlet as well.
        outlet_events: Takes the event.
        asset_state_store: State store of the asset.
    """
    from include.pipeline.documents.config import load_config
    from include.pipeline.source.dated_url import is_dated
    from include.pipeline.source.url import without_secrets
    from include.pipeline.source.version import has_changed, last_known, look_up_version

    config = load_config(pipeline)
    url = config.params.data_url
    mask_secrets_of({"data_url": url})
    if is_dated(url):
        raise LeftOutError(f"{without_secrets(url)} is another file for each period: there is none to watch")

    (asset,) = ti.task.outlets
    policy = source_policy(config)
    now = look_up_version(
        url,
        policy=policy,
        s3=hook("s3").conn,
        login=source_login(config.params.source_connection, policy),
    )
    events = inlet_events[asset].ascending(False).limit(_EVENTS)
    stored = asset_state_store[asset].get(_VERSION)
    known = last_known(url, [*(event.extra for event in events), stored])
    if known and has_changed(now, known):
        log.info("The source has changed from %s to %s", known, now)
        outlet_events[asset].extra = now.model_dump(mode="json")
        return
    asset_state_store[asset].set(_VERSION, now.model_dump(mode="json"))
    raise LeftOutError(f"The source has not changed: {now}" if known else f"First look: {now}")
