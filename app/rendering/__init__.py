"""Rendered blocks to files: sample formats, rate conversion, WAV headers, temporaries."""
