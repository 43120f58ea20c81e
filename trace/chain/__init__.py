"""The question the service exists for: one code in, its whole path out, and what is wrong with it."""
