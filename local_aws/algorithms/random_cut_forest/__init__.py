"""Amazon's Random Cut Forest: how much a row would change trees of random cuts tells how unusual it is."""

IMAGES = ("randomcutforest:1",)
MULTI_MODEL_IMAGES = IMAGES
