"""Registers that come as a workbook: read, checked row by row, shown before anything is written, written all or not at all."""
