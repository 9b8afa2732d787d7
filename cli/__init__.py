"""The `datastores` command: one file a subcommand, and no logic of its own."""
