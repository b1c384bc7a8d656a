"""The package around the program `envacuate`, which is no Python. `python -m envacuate` starts it."""
