"""Which area of the pack a postcode lies in, and where lines of areas that are gone go."""
