"""What the player edits: a sound with its history. No Qt in here."""
