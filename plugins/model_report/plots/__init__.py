"""Plots of runs, as inline SVG."""
