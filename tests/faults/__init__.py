"""What goes wrong between a phone and the server, made on purpose, and a judge that shares no code with either."""
