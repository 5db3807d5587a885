"""Compiled functions, arrays in and arrays out. They know nothing of studies, engines or files."""
