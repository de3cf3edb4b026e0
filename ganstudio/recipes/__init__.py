"""The GANs that this studio trains: add one by writing its file and naming it here."""

from ganstudio.recipes.pix2pix import PIX2PIX
from ganstudio.recipes.recipe import Recipe

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (PIX2PIX,)}
