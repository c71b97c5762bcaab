"""One YAML file a pipeline, and the bundled sample data."""
