"""MongoDB Atlas on this machine: what it keeps, and what it refuses; the resources are views of it."""
