"""What this app does when something happened elsewhere."""
