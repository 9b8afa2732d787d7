"""How a store is built: components that read no configuration and know no phase."""
