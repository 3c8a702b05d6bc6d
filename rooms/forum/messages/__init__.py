"""The messages of a forum, each module named as the one that acts on them."""
