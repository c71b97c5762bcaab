"""Runs services in the foreground, and sees that whatever ends a part of them ends all."""
