"""AWS and MongoDB Atlas on this machine, for trying: moto and Pulumi providers, and the real Pulumi engine."""
