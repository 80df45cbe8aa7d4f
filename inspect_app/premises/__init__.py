"""Places and who answers for them."""
