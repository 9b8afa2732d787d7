-- Embeddings, with HNSW or IVFFlat indexes.
CREATE EXTENSION IF NOT EXISTS vector SCHEMA extensions;
