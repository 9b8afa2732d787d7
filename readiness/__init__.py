"""Whether an application may go live: a weighted score of what its stack proves and its owners say, and blockers."""
