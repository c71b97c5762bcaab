"""SageMaker's state in files: one JSON document for each resource."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from local_aws.errors import DataDirError
from local_aws.state.resources import LIVE, Resource
from local_aws.storage.data_dir import DataDir


class ResourceFiles:
    """The resources in a data directory, as `sagemaker/<account>/<region>/<kind>/<name>.json`."""

    def __init__(self, data_dir: DataDir) -> None:
        self._data_dir = data_dir
        self._base = data_dir.path / "sagemaker"
        self._adapters: dict[type[Resource], dict[str, TypeAdapter[Any]]] = {}

    def _path(self, account: str, region: str, kind: type[Resource], name: str) -> Path:
        return self._base / account / region / kind.KIND / f"{quote(name, safe='')}.json"

    def keep(self, account: str, region: str, resource: Resource) -> None:
        """Write the present state of a resource."""
        kind = type(resource)
        document = {
            name: adapter.dump_python(getattr(resource, name), mode="json")
            for name, adapter in self._kept_fields(kind).items()
        }
        path = self._path(account, region, kind, resource.name)
        self._data_dir.write(path, json.dumps(document, indent=1).encode())

    def drop(self, account: str, region: str, kind: type[Resource], name: str) -> None:
        """Remove the file of a resource."""
        self._data_dir.remove(self._path(account, region, kind, name))

    def load(self) -> Iterator[tuple[str, str, Resource]]:
        """Read all resources back, each with its account and region.

        A field that an earlier server did not have yet gets its default.

        Raises:
            DataDirError: A file is not one that `keep` wrote, or lacks a field that has no default.
        """
        kinds = {kind.KIND: kind for kind in _kinds(Resource)}
        for path in sorted(self._base.glob("*/*/*/*.json")):
            account, region, kind_name, _ = path.relative_to(self._base).parts
            try:
                yield account, region, self._read(kinds[kind_name], path)
            except (KeyError, TypeError, ValueError, ValidationError) as error:
                raise DataDirError(f"cannot read {path}: {error!r}") from error

    def _read(self, kind: type[Resource], path: Path) -> Resource:
        document = json.loads(path.read_bytes())
        values = {
            name: adapter.validate_python(document[name])
            for name, adapter in self._kept_fields(kind).items()
            if name in document
        }
        initial = {field.name for field in dataclasses.fields(kind) if field.init}
        resource = kind(**{name: value for name, value in values.items() if name in initial})
        for name in values.keys() - initial:
            setattr(resource, name, values[name])
        return resource

    def _kept_fields(self, kind: type[Resource]) -> dict[str, TypeAdapter[Any]]:
        if kind not in self._adapters:
            hints = get_type_hints(kind)
            self._adapters[kind] = {
                field.name: TypeAdapter(hints[field.name])
                for field in dataclasses.fields(kind)
                if field.metadata != LIVE
            }
        return self._adapters[kind]


def _kinds(base: type[Resource]) -> Iterator[type[Resource]]:
    for kind in base.__subclasses__():
        if "KIND" in vars(kind):
            yield kind
        yield from _kinds(kind)
