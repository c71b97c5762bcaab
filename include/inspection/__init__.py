"""A first look at somebody's table, and the YAML file of a pipeline that it gives: `make pipeline`."""
