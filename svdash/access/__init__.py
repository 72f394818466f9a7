"""Who may do what. Pages and routes ask here before anything is written."""
