"""The bundled newsroom: two small, messy news sites for demos, tests and documentation."""
