"""What attacks on a source need."""

import pytest

from tests.services.s3_and_web import mocked_s3, s3, web

__all__ = ["mocked_s3", "s3", "web"]


@pytest.fixture
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that names no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
