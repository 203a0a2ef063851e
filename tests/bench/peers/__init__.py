"""What the kit is measured against. Each runs with the libraries of requirements.txt alone, without the project's."""
