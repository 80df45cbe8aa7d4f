"""Outgoing messages, queued in the same transaction as what they tell about."""
