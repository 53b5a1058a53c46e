"""What the web process answers: GitHub's deliveries at the door, and pages for operators."""
