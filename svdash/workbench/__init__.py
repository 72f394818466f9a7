"""Where analysts try a new indicator out: its definition as text, and its formula, checked before anything is worked out."""
