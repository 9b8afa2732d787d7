"""AWS's price list, and how it becomes a snapshot of prices."""
