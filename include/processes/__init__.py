"""What makes Airflow's own processes start, fork tasks and end sooner."""
