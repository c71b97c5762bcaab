"""Tests of Factorization Machines."""
