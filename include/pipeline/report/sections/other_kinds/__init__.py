"""Sections of reports on a number, or on one of several classes."""
