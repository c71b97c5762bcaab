"""Amazon's Factorization Machines: a linear model with pairwise interactions, trained with Adam."""

IMAGES = ("factorization-machines:1",)
