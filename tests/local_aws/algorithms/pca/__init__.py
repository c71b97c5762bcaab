"""Tests of PCA."""
