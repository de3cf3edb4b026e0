"""Pictures to train on: folders, their order, drawings made from photos, and demo sets drawn by code."""
