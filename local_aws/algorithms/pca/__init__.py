"""Amazon's Principal Component Analysis, on scipy and scikit-learn."""

IMAGES = ("pca:1",)
