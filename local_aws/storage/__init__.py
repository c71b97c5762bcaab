"""Objects, logs and files: what jobs read and write, and what outlives the server."""
