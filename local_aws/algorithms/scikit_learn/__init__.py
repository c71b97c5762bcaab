"""SageMaker's scikit-learn image: it has no algorithm of its own, and runs scripts of the user's."""

IMAGES = (
    "sagemaker-scikit-learn:1.9-0",
    "sagemaker-scikit-learn:1.4-2",
    "sagemaker-scikit-learn:1.2-1",
    "sagemaker-scikit-learn:1.0-1",
    "sagemaker-scikit-learn:0.23-1",
    "sagemaker-scikit-learn:0.20.0",
)
MULTI_MODEL_IMAGES = IMAGES
