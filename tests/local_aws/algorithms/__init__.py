"""Tests of the built-in algorithms."""
