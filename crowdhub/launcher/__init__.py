"""Starts the product, and the services that its tests need, on a machine that has nothing running."""
