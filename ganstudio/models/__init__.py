"""A published model: found, loaded, run, shared."""
