"""The policy: what a contribution is, and why. Pure: no I/O, no clock, no settings."""
