"""Turns areas into GeoJSON, tiles and map layers, in the colours of their classes."""
