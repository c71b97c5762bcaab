"""`make backfill`: the pipeline for each tick of its clock between two days, on the stack of `make up`."""

import argparse
import json
import sys
from datetime import UTC, date, datetime, time
from typing import Any

import httpx

from local_stack.airflow_api import AirflowApi
from local_stack.demo import DAG_ID
from local_stack.stack import USER, LocalStack, StackError
from local_stack.up import stack_of_up

_AT_ONCE = 2
_SHOWN = 3


def backfill(stack: LocalStack, first: date, last: date, conf: dict[str, Any]) -> str:
    """Start the backfill.

    Args:
        stack: It runs.
        first: The first day whose ticks belong to it.
        last: The last one.
        conf: Params of each run.

    Returns:
        How many runs it makes, of when, and where to watch them.

    Raises:
        StackError: The stack does not run, another backfill does, there is no tick, or a Param is not valid.
    """
    days = datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC)
    try:
        with AirflowApi(stack.airflow_url, USER, stack.password) as airflow:
            if not airflow.is_ready(DAG_ID):
                raise StackError(f"Nothing answers at {stack.airflow_url} yet: start it with `make up`.")
            if airflow.is_backfilling(DAG_ID):
                raise StackError(
                    f"Another backfill of {DAG_ID} is under way: wait for its end, or cancel it at "
                    f"{stack.airflow_url}/dags/{DAG_ID}/backfills."
                )
            ticks = airflow.ticks(DAG_ID, days)
            if not ticks:
                raise StackError(f"The clock of {DAG_ID} has no tick from {first} to {last}.")
            airflow.backfill(DAG_ID, days, conf, at_once=_AT_ONCE)
            is_off = airflow.is_paused(DAG_ID)
    except httpx.HTTPStatusError as error:
        raise StackError(f"Airflow refuses the backfill: {_reason(error.response)}") from error
    runs = "1 run" if len(ticks) == 1 else f"{len(ticks)} runs, {_AT_ONCE} at a time"
    shown = ", ".join(f"{tick:%Y-%m-%d %H:%M}" for tick in ticks[:_SHOWN])
    more = f", ... {ticks[-1]:%Y-%m-%d %H:%M}" if len(ticks) > _SHOWN else ""
    switch = f"\n{DAG_ID} is switched off: they wait until you switch it on there." if is_off else ""
    return f"{runs}: {shown}{more} UTC.\nWatch them at {stack.airflow_url}/dags/{DAG_ID}/backfills{switch}"


def main() -> None:
    """Start a backfill from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", required=True)
    parser.add_argument("--to", dest="last", required=True, help="the last day that belongs to it")
    parser.add_argument("--conf", default="{}", help="Params of each run, as JSON")
    arguments = parser.parse_args()
    try:
        first, last = _days(arguments.first, arguments.last)
        print(backfill(stack_of_up(), first, last, _conf(arguments.conf)))
    except StackError as error:
        sys.exit(str(error))


def _days(first_text: str, last_text: str) -> tuple[date, date]:
    first, last = _day("FROM", first_text), _day("TO", last_text)
    if first > last:
        raise StackError(f"FROM = {first} is after TO = {last}: give the earlier day first.")
    return first, last


def _day(name: str, text: str) -> date:
    if not text:
        raise StackError(f"{name} is missing: give a day, such as {name}=2026-01-31.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StackError(f"{name} = {text!r} is no day: write it as 2026-01-31.") from None


def _conf(text: str) -> dict[str, Any]:
    try:
        conf = json.loads(text)
    except json.JSONDecodeError as error:
        raise StackError(f"CONF = {text!r} is no JSON ({error}).") from None
    if not isinstance(conf, dict):
        raise StackError(f'CONF = {text!r} is no JSON object of Params, such as {{"seed": 7}}.')
    return conf


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return f"{answer.status_code} {answer.reason_phrase}"


if __name__ == "__main__":
    main()
