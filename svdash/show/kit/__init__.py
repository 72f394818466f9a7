"""What every page is made of: controls whose value lives in the address, findings in one order, tools."""
