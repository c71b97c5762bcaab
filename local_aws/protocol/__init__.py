"""How requests are received and answered: HTTP, signatures, botocore's rules, lists, tags."""
