"""One hazard: its page, its papers and the forms of its steps, shared by desk, responder and field."""
