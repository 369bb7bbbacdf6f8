# Compiles meters/*.json into the catalogue.
