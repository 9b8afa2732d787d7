"""How a store comes back: what it can be restored to, into a new one beside it, and how that takes its place."""
