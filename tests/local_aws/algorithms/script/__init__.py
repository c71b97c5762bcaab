"""Tests of scripts that serve."""
