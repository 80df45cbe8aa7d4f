"""The journal of field operations and their receipts. Knows no kinds: what a kind means is registered by the app."""
