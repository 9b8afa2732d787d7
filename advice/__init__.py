"""What measured use asks for: which size of each store, or which phase, fits, and at what price."""
