"""Plain data out of XComs: any task may write one, and Airflow would rebuild an object of it."""

import json


def text_of(value: object, otherwise: str) -> str:
    """Take a text out of the value of an XCom.

    Args:
        value: As it lies in the database.
        otherwise: Stands for anything that is no text.
    """
    # Airflow's own code stores text as JSON within JSON, the execution API as it is.
    if isinstance(value, str) and value.startswith('"'):
        try:
            value = json.loads(value)
        except ValueError:
            return otherwise
    return value if isinstance(value, str) else otherwise


def json_of(value: object) -> object:
    """Take plain JSON out of the value of an XCom; None where it is none.

    Args:
        value: As it lies in the database.
    """
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
