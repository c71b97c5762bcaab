"""Who is told what became of runs and models: callbacks of tasks, which send by Airflow's own notifiers.

They are callbacks of tasks, and not of DAGs. Those of DAGs run in the DAG processor, which in the cluster has
neither the connections nor a way out (docs/cluster.md), and where nobody reads that a message could not be
sent. And Airflow calls none for a run that a user marks as failed, whose last task runs all the same.
"""
