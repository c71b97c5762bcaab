"""What an account owns, the lock that guards it, and the work that goes on between requests."""
