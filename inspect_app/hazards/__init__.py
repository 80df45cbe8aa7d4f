"""What is tracked from 发现 to 销号: lifecycle, clocks, rounds of mending and verification, the event chain."""
