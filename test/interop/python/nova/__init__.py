"""Stands in for Nova: failures name the module they were raised in, and whoever receives one looks for it there."""
