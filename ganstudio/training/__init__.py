"""Training: `loop` runs it, `start` builds what it begins with, `checkpoint` keeps it."""
