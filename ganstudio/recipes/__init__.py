"""The GANs that this studio trains: add one by writing its file and naming it here."""

from ganstudio.recipes.cyclegan import CYCLEGAN
from ganstudio.recipes.pix2pix import PIX2PIX
from ganstudio.recipes.recipe import Recipe
from ganstudio.recipes.recolour import RECOLOUR

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (PIX2PIX, CYCLEGAN, RECOLOUR)}
