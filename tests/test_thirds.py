from pathlib import Path

from tests.thirds import THIRDS, files_of_third


def test_each_file_is_in_one_third() -> None:
    files = [Path(f"test_{number:02}.py") for number in range(11)]
    chosen = [files_of_third(reversed(files), third) for third in THIRDS]
    assert sorted(file for third in chosen for file in third) == files
    assert {len(third) for third in chosen} == {3, 4}
