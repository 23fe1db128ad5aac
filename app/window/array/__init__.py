"""The array view: what the accelerator does with the sound that is played, by the model of its clock cycles."""
