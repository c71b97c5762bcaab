"""Amazon's k-means: on mini-batches, and then Lloyd's algorithm on the centers that they led to."""

IMAGES = ("kmeans:1",)
