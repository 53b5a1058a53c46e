"""The rows: what was received, what people said, what was read, decided and written."""
