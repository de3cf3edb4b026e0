"""How good a model is, on pictures that it was not trained on."""
