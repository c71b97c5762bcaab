"""The variables by which a container tells a script's server what it is to serve."""

ALGORITHM = "LOCAL_AWS_ALGORITHM"
"""The folder of `algorithms` whose defaults a script has."""
