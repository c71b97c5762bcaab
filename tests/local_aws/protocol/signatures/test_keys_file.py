"""The file of the access key: its owner's alone, and a profile for every client."""

import stat
from pathlib import Path

import boto3
import pytest

from local_aws.errors import KeysFileError
from local_aws.protocol.signatures.keys_file import PROFILE, new_key, read_key, write_key

URL = "http://127.0.0.1:5555"


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file, key = tmp_path / "new" / "credentials", new_key()
    write_key(file, key, URL)
    assert read_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]


def test_a_client_needs_no_more_than_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, key = tmp_path / "credentials", new_key()
    write_key(file, key, URL)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_PROFILE", PROFILE)
    session = boto3.Session()
    found = session.get_credentials()
    assert found is not None
    assert (found.access_key, found.secret_key) == (key.key_id, key.secret)
    client = session.client("sagemaker")
    assert (client.meta.endpoint_url, client.meta.region_name) == (URL, "us-east-1")
    client.close()


def test_keys_are_random_and_have_the_form_of_aws() -> None:
    keys = {new_key() for _ in range(100)}
    assert len({key.key_id for key in keys}) == len({key.secret for key in keys}) == 100
    assert all(
        key.key_id.startswith("AKIA") and len(key.key_id) == 20 and len(key.secret) == 40 for key in keys
    )
    assert not any(key.secret in repr(key) for key in keys)


def test_an_older_file_is_replaced(tmp_path: Path) -> None:
    file, key = tmp_path / "credentials", new_key()
    file.write_text("open to all")
    file.chmod(0o644)
    write_key(file, key, URL)
    assert read_key(file) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_file_is_no_key(tmp_path: Path) -> None:
    assert read_key(tmp_path / "absent") is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622])
def test_a_file_of_others_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "credentials"
    write_key(file, new_key(), URL)
    file.chmod(mode)
    with pytest.raises(KeysFileError, match=f"mode {mode:04o}.*chmod 600"):
        read_key(file)


@pytest.mark.parametrize(
    "text",
    ["", "no profile", "[default]\naws_access_key_id = A", f"[{PROFILE}]\naws_access_key_id = secret-word"],
)
def test_a_file_without_the_profile_is_refused_and_not_quoted(tmp_path: Path, text: str) -> None:
    file = tmp_path / "credentials"
    file.touch(mode=0o600)
    file.write_text(text)
    with pytest.raises(KeysFileError, match=r"has no profile \[local-aws\]") as caught:
        read_key(file)
    assert "secret-word" not in str(caught.value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeysFileError, match="cannot write"):
        write_key(tmp_path / "file" / "credentials", new_key(), URL)
