"""Keras models, built by tasks. Importing this package loads no Keras; its modules do."""
