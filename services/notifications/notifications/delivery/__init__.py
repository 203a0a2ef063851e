"""Letters (e-mail, SMS): sent once, or honestly reported as unknown; never sent twice."""
