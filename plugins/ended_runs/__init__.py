"""Runs that a user ends."""
