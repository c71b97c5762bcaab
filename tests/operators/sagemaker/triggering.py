"""What a triggerer does with a trigger."""

import asyncio
from typing import Any

from airflow.sdk.module_loading import import_string
from airflow.triggers.base import BaseTrigger


def restored(trigger: BaseTrigger) -> BaseTrigger:
    """Make it anew from what the database keeps."""
    path, arguments = trigger.serialize()
    found: BaseTrigger = import_string(path)(**arguments)
    return found


def event_of(trigger: BaseTrigger) -> dict[str, Any]:
    """Run it until it fires."""

    async def run() -> dict[str, Any]:
        async for event in restored(trigger).run():
            return event.payload
        raise AssertionError("the trigger ended without an event")

    return asyncio.run(run())
