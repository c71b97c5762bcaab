"""Tests of k-NN."""
