"""What must hold: controls, where they are mandatory, and the pack that serves them to the Pulumi engine."""
