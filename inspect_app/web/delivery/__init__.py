"""How styles and scripts reach a browser: in one piece, compressed, under the address of their version."""
