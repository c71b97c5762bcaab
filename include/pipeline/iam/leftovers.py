"""What it takes to find what runs have made on SageMaker, and to take it away."""

KINDS = ("training-job", "model", "endpoint-config", "endpoint")
"""As the ARNs of these resources name them."""
LIST = (
    "sagemaker:ListEndpointConfigs",
    "sagemaker:ListEndpoints",
    "sagemaker:ListModels",
    "sagemaker:ListTrainingJobs",
)
LOOK_UP = (
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:DescribeModel",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTags",
)
TAKE_AWAY = (
    "sagemaker:DeleteEndpoint",
    "sagemaker:DeleteEndpointConfig",
    "sagemaker:DeleteModel",
    "sagemaker:StopTrainingJob",
)
