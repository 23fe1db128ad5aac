"""The accelerator: number formats, programs, compiler, and the executors that must agree bit for bit."""
