"""Write docs/params.md, the page of all Params: `python -m docs.params_page`, or `make docs`."""

import json
from pathlib import Path
from typing import Any

from include.pipeline.documents.config import load_config
from include.pipeline.documents.params import RunParams

PAGE = Path(__file__).resolve().parent / "params.md"
PIPELINE = "bank_marketing"

_HEAD = f"""# Params

<!-- Written by `make docs` from include/pipeline/documents/params.py: change that file, not this page. -->

A Param changes what one run does. The Trigger form has a field for each, with the name in brackets;
the command line and the API take the same names:

```sh
airflow dags trigger {PIPELINE} --conf '{{"seed": 7, "min_roc_auc": 0.75}}'
```

A Param that is not given has its default, from
[{PIPELINE}.yaml](../include/datasets/{PIPELINE}.yaml). An unknown name, or a value out of bounds, fails the
first task, before anything is made.

The pipeline's [limits](limits.md) say which buckets, roles, sources on S3, images and instances a Param may
choose, and what a run may cost. Which data can be read, and with which password: [sources.md](sources.md).

"""
_OF_ONE_COLUMN = 60


def page() -> str:
    """Write the whole page, in Markdown."""
    fields = RunParams.model_json_schema()["properties"]
    defaults = load_config(PIPELINE).params.model_dump(mode="json")
    rows = ["| Param | section of the form | field | default |", "| --- | --- | --- | --- |"]
    sections = []
    for name, field in fields.items():
        default = _as_json(defaults[name])
        brief = default if len(default) <= _OF_ONE_COLUMN else f"[below](#{name})"
        rows.append(f"| [`{name}`](#{name}) | {field['section']} | {field['title']} | {brief} |")
        sections.append(
            f"## `{name}`\n\n"
            f"{field['description']}\n\n"
            f"- In the form: {field['title']}, in the section *{field['section']}*\n"
            f"- Takes: {_takes(field)}\n"
            f"- Default: {default}\n"
        )
    return _HEAD + "\n".join(rows) + "\n\n" + "\n".join(sections)


def _as_json(value: Any) -> str:
    return "none" if value is None else f"`{json.dumps(value)}`"


def _takes(field: dict[str, Any]) -> str:
    """Say in words which values a field takes, from its JSON schema."""
    choices = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    or_none = ", or none" if len(choices) < len(field.get("anyOf", [field])) else ""
    return " or ".join(_kind(choice) for choice in choices) + or_none


def _kind(choice: dict[str, Any]) -> str:
    if "enum" in choice:
        return "one of " + ", ".join(f"`{value}`" for value in choice["enum"])
    kind = {
        "string": "text",
        "number": "a number",
        "integer": "a whole number",
        "boolean": "`true` or `false`",
        "object": "names with their values, as JSON",
    }[choice["type"]]
    bounds = [
        f"{words} {choice[bound]:,}"
        for bound, words in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "above"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "below"),
        )
        if bound in choice
    ]
    pattern = f" of the form `{choice['pattern']}`" if "pattern" in choice else ""
    return f"{kind}{pattern}{', ' if bounds else ''}{' and '.join(bounds)}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE.name)
