"""What came out, for reading and for judging: figures, pictures, pages, and the bars of what ships."""
