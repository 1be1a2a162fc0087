"""Extraction: a page becomes blocks, the stages judge them, what is left is a clean article."""
