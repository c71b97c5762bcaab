"""Local AWS and Airflow together on one machine: `make demo` and `make up`."""
