"""Who is left behind, by how much, is it real, and what is not known? One module a part of the page."""
