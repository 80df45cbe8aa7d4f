"""Lists as tables: columns that say what they hold, rows read and sent a piece at a time, and a log of who took what."""
