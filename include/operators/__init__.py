"""The pipeline's steps as Airflow operators and tasks."""
