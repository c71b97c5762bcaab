"""What a run does: plain Python, no Airflow."""
