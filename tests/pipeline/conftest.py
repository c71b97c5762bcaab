"""What tests of files need."""

from tests.services.s3_and_web import mocked_s3, s3, web

__all__ = ["mocked_s3", "s3", "web"]
