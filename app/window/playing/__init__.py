"""Notes played by mouse and computer keyboard, the meters, and recording."""
