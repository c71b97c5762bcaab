"""Amazon's k-nearest neighbors, on scikit-learn. The search is exact, whatever the index."""

IMAGES = ("knn:1",)
MULTI_MODEL_IMAGES = IMAGES
