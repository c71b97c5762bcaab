"""The models that the pipelines' runs made, shown in Airflow's UI."""
