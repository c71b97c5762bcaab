"""The provider's SageMaker operators, with what they lack."""
