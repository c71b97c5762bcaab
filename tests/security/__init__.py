"""Attacks, a file for each row of the threat model. Each has succeeded before what holds it was built."""
