"""导入: bringing a register as a workbook, for whoever may write in it."""
