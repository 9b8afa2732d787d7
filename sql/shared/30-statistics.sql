-- What every statement cost, and a log of who changed the schema. Every parameter group preloads both libraries.
CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS pgaudit SCHEMA extensions;

-- The parameter group logs DDL and changes of roles by anybody. Persons and migrations work under these two logins, so
-- what they write is logged too, and what the administrator reads. Services leave their marks in the audit trail.
ALTER ROLE migrator SET pgaudit.log = 'ddl, role, write';
ALTER ROLE CURRENT_USER SET pgaudit.log = 'ddl, role, write, read';
