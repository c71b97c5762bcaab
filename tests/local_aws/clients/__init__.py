"""Clients that nobody here wrote, against local AWS."""
