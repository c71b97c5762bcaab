"""Tests of the built-in XGBoost."""
