"""What a run will need of AWS, asked before there is one: `make aws-check`. It makes nothing."""
