"""AWS on this machine, for trying and testing: moto behind Pulumi providers, and the real Pulumi engine."""
