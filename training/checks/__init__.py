"""What is wrong with a data set, found before hours go into a model of it."""
