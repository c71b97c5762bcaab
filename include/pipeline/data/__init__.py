"""The table: read, checked, split, profiled, compared with the version before."""
