"""Areas become GeoJSON, tiles and map layers, in the colours of their classes."""
