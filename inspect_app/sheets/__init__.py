"""Spreadsheets in and out: one door for every workbook that somebody brings, read in a child with limits."""
