"""A CSV file read block by block: its header, its cells as numbers, and what is at fault among them."""
