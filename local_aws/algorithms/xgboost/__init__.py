"""SageMaker's built-in XGBoost, as its image 3.2-0 runs it: with the same wheel, rules, texts and bytes."""

IMAGES = (
    "sagemaker-xgboost:3.2-0",
    "sagemaker-xgboost:3.0-5",
    "sagemaker-xgboost:1.7-1",
    "sagemaker-xgboost:1.5-1",
    "sagemaker-xgboost:1.3-1",
    "sagemaker-xgboost:1.2-2",
    "sagemaker-xgboost:1.2-1",
    "sagemaker-xgboost:1.0-1",
    "xgboost:1",
    "xgboost:latest",
)
# Others read pipes on AWS.
PIPE_MODE_IMAGES = IMAGES[:1]
MULTI_MODEL_IMAGES = tuple(image for image in IMAGES if image.startswith("sagemaker-xgboost:"))
