"""What a hazard's page says, from one reading: log, next step, life, dates, questions about photos."""
