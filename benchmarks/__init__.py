"""Elman on real data, and its speed."""
