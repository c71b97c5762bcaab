"""What people and tasks say of the scoring of new rows."""
