"""Finding, keeping and exchanging sounds: the patch bar, the browser, and what happens to files."""
