"""The resources of each account, the lock that guards them, and the work between requests."""
