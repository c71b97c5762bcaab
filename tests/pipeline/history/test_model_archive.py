import io
import tarfile

import pytest

from include.pipeline.history.model_archive import read_model


def archive(content: bytes, name: str = "xgboost-model") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as file:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        file.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize("name", ["xgboost-model", "./xgboost-model"])
def test_the_model_file_is_taken_out(name: str) -> None:
    assert read_model(archive(b"{model}", name)) == b"{model}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        # An empty one would end the process of XGBoost that reads it.
        pytest.param(archive(b""), "holds no xgboost-model", id="an empty file"),
        pytest.param(archive(b"{}", "another-file"), "holds no xgboost-model", id="no model in it"),
        pytest.param(archive(b"{}")[:40], "cannot be opened", id="half an archive"),
        pytest.param(b"no archive", "cannot be opened", id="no archive"),
        pytest.param(b"", "cannot be opened", id="nothing"),
    ],
)
def test_an_archive_without_a_model_has_none(
    content: bytes, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_model(content) is None
    assert said in caplog.text


def test_a_folder_of_that_name_is_no_model() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as file:
        member = tarfile.TarInfo("xgboost-model")
        member.type, member.size = tarfile.DIRTYPE, 0
        file.addfile(member)
    assert read_model(packed.getvalue()) is None
