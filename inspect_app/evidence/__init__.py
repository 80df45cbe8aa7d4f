"""Photos, signatures, files: the bytes received are the evidence and never change; copies are made from them."""
