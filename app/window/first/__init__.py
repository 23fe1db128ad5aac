"""What a person sees who has never played it."""
