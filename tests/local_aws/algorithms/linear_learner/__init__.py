"""Tests of Linear Learner."""
