"""The messages of an exhibition, each module named as the one that acts on them."""
