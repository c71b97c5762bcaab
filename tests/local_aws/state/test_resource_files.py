"""Resources in files: every kind can be kept and comes back as it was."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import ClassVar

import pytest

from local_aws.errors import DataDirError
from local_aws.server import operations
from local_aws.state.resource_files import ResourceFiles, _kinds
from local_aws.state.resources import LIVE, Kept, Regions, Resource
from local_aws.storage.data_dir import DataDir
from local_aws.storage.log_files import LogFiles
from local_aws.storage.object_files import ObjectFiles
from local_aws.training.job import TrainingJob

# Its operations import every kind of resource.
PACKAGE = operations.__name__.partition(".")[0]
KINDS = [kind for kind in _kinds(Resource) if kind.__module__.startswith(PACKAGE)]


@dataclass(frozen=True)
class Part:
    """Something inside a resource."""

    weight: float


@dataclass(kw_only=True, eq=False)
class Gadget(Resource):
    """A resource with fields of every sort."""

    KIND: ClassVar[str] = "gadget"
    parts: list[Part]
    count: int | None = None
    steps: list[str] = field(init=False, default_factory=list)
    running: Event = field(default_factory=Event, metadata=LIVE)


def gadget(name: str) -> Gadget:
    made = Gadget(name=name, arn=f"arn:{name}", request={"A": [1, None]}, tags={"k": "ä"}, parts=[Part(0.1)])
    made.steps.append("made")
    return made


@pytest.fixture
def files(data_dir: DataDir) -> ResourceFiles:
    return ResourceFiles(data_dir)


def kept(files: ResourceFiles) -> dict[str, Gadget]:
    found = {}
    for account, region, resource in files.load():
        assert (account, region) == ("123456789012", "eu-west-1")
        assert isinstance(resource, Gadget)
        found[resource.name] = resource
    return found


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_can_be_kept(files: ResourceFiles, kind: type[Resource]) -> None:
    """Fails where a field can be neither written nor is marked LIVE."""
    assert {"name", "arn", "request", "tags", "status"} <= files._kept_fields(kind).keys()


def test_the_kinds_are_found() -> None:
    assert TrainingJob in KINDS
    assert len({kind.KIND for kind in KINDS}) == len(KINDS)


def test_what_is_changed_under_the_lock_is_kept_when_it_is_released(
    data_dir: DataDir, files: ResourceFiles
) -> None:
    everything = Kept(ObjectFiles(data_dir), files, LogFiles(data_dir))
    region = Regions(background=None, kept=everything).get("123456789012", "eu-west-1")  # type: ignore[arg-type]
    with region.lock:
        one, other = gadget("one/1"), gadget("other")
        region.of(Gadget)[one.name] = one
        region.of(Gadget)[other.name] = other
        assert kept(files) == {}
    found = kept(files)["one/1"]
    assert found is not one
    assert (found.request, found.tags, found.parts) == ({"A": [1, None]}, {"k": "ä"}, [Part(0.1)])
    assert (found.creation_time, found.steps) == (one.creation_time, ["made"])
    assert not found.running.is_set()
    with region.lock:
        with region.lock:
            one.count = 7
        assert kept(files)["one/1"].count is None
        del region.of(Gadget)["other"]
    assert {name: resource.count for name, resource in kept(files).items()} == {"one/1": 7}


def without(data_dir: DataDir, files: ResourceFiles, *fields: str) -> None:
    """Keep a gadget as a server writes it that does not know these fields."""
    files.keep("123456789012", "eu-west-1", gadget("earlier"))
    (file,) = Path(data_dir.path).rglob("earlier.json")
    document = json.loads(file.read_text())
    file.write_text(json.dumps({name: value for name, value in document.items() if name not in fields}))


def test_a_field_that_an_earlier_server_did_not_have_gets_its_default(
    data_dir: DataDir, files: ResourceFiles
) -> None:
    without(data_dir, files, "count", "steps")
    found = kept(files)["earlier"]
    assert (found.parts, found.count, found.steps) == ([Part(0.1)], None, [])


def test_a_field_without_default_has_to_be_there(data_dir: DataDir, files: ResourceFiles) -> None:
    without(data_dir, files, "parts")
    with pytest.raises(DataDirError, match=r"earlier\.json.*parts"):
        kept(files)
