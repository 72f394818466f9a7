"""Do services and money go where deprivation is? Areas, deciles, districts, and what lands in them."""
