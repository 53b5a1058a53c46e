"""good-citizen: whose time a contribution to open source is on, and why."""

__version__ = "0.1.0"
