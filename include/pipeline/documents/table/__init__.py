"""What a pipeline's YAML says of its table."""
