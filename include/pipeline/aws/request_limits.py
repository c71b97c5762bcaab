"""What an endpoint takes in one request."""

# The image refuses a body above 6,291,456 bytes: https://github.com/aws/sagemaker-xgboost-container
MAX_BODY_BYTES = 6 * 1024 * 1024
