"""Registration: owns the facts people submit."""
