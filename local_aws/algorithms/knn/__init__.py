"""Amazon's k-nearest neighbors, on scikit-learn: exact search whatever the index."""

IMAGES = ("knn:1",)
