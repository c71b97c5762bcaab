"""What moto answers: records of SageMaker, and the services beside it."""
