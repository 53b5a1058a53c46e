"""A small stateful GitHub of our own: REST, GraphQL and webhooks over one memory, on loopback."""

from app.demo.github.faults import Fault, Faults, Request
from app.demo.github.limits import Limits
from app.demo.github.server import DemoGitHub, Served, serve_demo_github

__all__ = ["DemoGitHub", "Fault", "Faults", "Limits", "Request", "Served", "serve_demo_github"]
