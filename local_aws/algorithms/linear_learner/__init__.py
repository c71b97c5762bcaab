"""Amazon's Linear Learner, on scikit-learn: the same objectives, minimised by other solvers."""

IMAGES = ("linear-learner:1",)
MULTI_MODEL_IMAGES = IMAGES
