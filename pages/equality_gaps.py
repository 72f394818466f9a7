"""Who is left behind, by how much, is it real, and what is not known? For the Advisory Board."""

from svdash.show.kit import page
from svdash.show.panels import equality_parts

now = page.question(
    "Who is left behind, by how much, and what don't we know?", unused="groups are compared here, not years"
)
equality_parts.draw(now)
