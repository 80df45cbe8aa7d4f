"""What a phone talks to without a page: operations, receipts, photos in parts."""
