"""Deletion of what runs leave behind."""
