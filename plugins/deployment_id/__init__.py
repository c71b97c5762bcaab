"""Which Airflow this is."""
