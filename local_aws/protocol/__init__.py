"""How a request comes in and an answer goes out: HTTP, signatures, botocore's rules, lists, tags."""
