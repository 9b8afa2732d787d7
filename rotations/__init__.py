"""New passwords for the logins of a stack's stores, while clients go on working."""
