"""An empty page inside the real frame: the baseline."""
