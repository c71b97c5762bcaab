"""What the DAGs and the local stack are made of."""
