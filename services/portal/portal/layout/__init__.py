"""How every page looks: the frame, the parts that pages share, the style sheet and the live parts' script."""
