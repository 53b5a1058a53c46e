"""Everything that is said to GitHub: client, gathering, performing."""
