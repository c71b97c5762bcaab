"""Tests of k-means."""
