"""Scanned sheets that come back: pages are read by their QR, straightened, wait for one tap, and are filed with their paper."""
