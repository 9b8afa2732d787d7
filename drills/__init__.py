"""Whether the stores of a stack come back: restored beside themselves, looked at, measured, and taken away again."""
