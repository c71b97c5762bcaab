"""What an algorithm raises."""


class UserError(Exception):
    """A failure that the user can prevent. Its text becomes the job's FailureReason.

    Attributes:
        exit_code: What the container exits with. 1 makes SageMaker's reason begin with "AlgorithmError",
            2 with "ClientError".
    """

    exit_code = 1


class ClientError(UserError):
    """A user's failure as Amazon's own algorithms report it, which the open-source ones do not."""

    exit_code = 2
