"""Measures of pictures: how near a model's output is to the truth, and to the look of real pictures."""
