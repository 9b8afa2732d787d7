"""The pulumi CLI: taken from PATH, built from its Go module, or installed by Pulumi's installer; once."""
