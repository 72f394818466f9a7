"""Opens files of each kind and gives their rows or shapes: CSV, Excel, JSON, GeoJSON, GeoPackage, Shapefile."""
