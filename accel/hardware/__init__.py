"""The Python side of the hardware: the generated package, program images, tools, and the simulated machine."""
