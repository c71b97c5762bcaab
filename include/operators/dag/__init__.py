"""What the DAG files are made of beside tasks: which DAGs there are, when each runs, what its form asks."""
