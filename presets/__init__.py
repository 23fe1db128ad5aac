"""What ships with Systole: trained programs (`models/`), sounds (`patches/`) and the demo piece (`demo/`)."""
