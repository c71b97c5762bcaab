"""Sections that a report of a label of 0 and 1 alone has."""
