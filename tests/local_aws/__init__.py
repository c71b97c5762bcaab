"""Tests of local AWS, mirroring its modules."""
