"""What travels between tasks or is stored: plain records, and the YAML file that they come from."""
