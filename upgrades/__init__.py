"""How a stack grows: what a change does to its data, and whether it may go through."""
