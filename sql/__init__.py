"""Bootstrap SQL: what a database needs before its application's migrations run, and how it gets there."""
