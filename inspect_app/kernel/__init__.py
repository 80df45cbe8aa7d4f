"""What every room stands on: clock, ids, hashes, keys, errors, working days, the database base."""
