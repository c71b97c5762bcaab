"""One script a figure: `python -m bench.<name>` prints it, beside what it has to be."""
