"""What this studio trains: add a GAN by writing its file and naming it here."""

from ganstudio.recipes.bicyclegan import BICYCLEGAN
from ganstudio.recipes.classifier import CLASSIFIER
from ganstudio.recipes.cyclegan import CYCLEGAN
from ganstudio.recipes.pix2pix import PIX2PIX
from ganstudio.recipes.recipe import Recipe
from ganstudio.recipes.recolour import RECOLOUR
from ganstudio.recipes.ugatit import UGATIT

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe for recipe in (PIX2PIX, BICYCLEGAN, CYCLEGAN, RECOLOUR, UGATIT, CLASSIFIER)
}
