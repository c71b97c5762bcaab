"""All that a List operation of SageMaker finds. One page may hold nothing of what is asked for."""

from typing import Any


def listed(sagemaker: Any, operation: str, **filters: Any) -> list[dict[str, Any]]:
    """Return what an operation lists, on whichever page.

    Args:
        sagemaker: The client.
        operation: The client's method, such as `list_models`.
        filters: Members of the request.
    """
    paginator = sagemaker.get_paginator(operation)
    (key,) = (one.expression for one in paginator.result_keys)
    found: list[dict[str, Any]] = paginator.paginate(**filters).build_full_result()[key]
    return found
