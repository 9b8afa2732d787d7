-- pgcrypto: what couples write is sensitive, and its columns can be encrypted.
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA extensions;
