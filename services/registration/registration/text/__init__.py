"""What registration takes as text: lines, ids, and whose numbers may not stand in them."""
