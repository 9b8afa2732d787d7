"""What may be decided about a store: plain typed rows with AWS's own limits, and no Pulumi."""
