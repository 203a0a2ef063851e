"""First pages: what Ieum is, the nation's figures and whom to look as; how things stand for a jobseeker."""
