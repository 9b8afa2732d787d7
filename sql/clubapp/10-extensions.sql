-- PostGIS refuses to be installed while pgaudit logs, as its script is thousands of statements. Of this transaction only
-- what the parameter group logs besides (log_statement = ddl) is kept.
SET LOCAL pgaudit.log = 'none';
-- "The ten nearest venues within one kilometre": the venue's position is a geography with an index.
CREATE EXTENSION IF NOT EXISTS postgis SCHEMA extensions;
