"""How stores that exist already come under a stack: found, rehearsed, taken over."""
