"""Which language a page speaks, and how it writes words, numbers, days and times in it."""
