"""What is known of changes: one line a fact, by type of resource."""
