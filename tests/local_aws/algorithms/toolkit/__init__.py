"""Tests of what Amazon's own algorithms have in common."""
