"""Tests of Random Cut Forest."""
