"""The analyzer of SageMaker Model Monitor, as a processing job's container runs it.

`python -m local_aws.processing.analyzer`, which reads its orders from the environment, as AWS's image does.
"""
