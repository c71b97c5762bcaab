"""What an algorithm raises."""


class UserError(Exception):
    """A failure that the user can prevent. Its text becomes the job's FailureReason."""
