"""The knowledge of the product: items, lists, versions, legal bases, suspicion that explains itself."""
