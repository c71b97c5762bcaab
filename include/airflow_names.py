"""Names in Airflow by which the DAGs, their tasks and the plugin know each other."""

CONNECTION = "aws_default"
REPORT_TAB = "model_report"
"""The tab of a run that shows its report, as its address has it."""

# The tasks, in the order of the chain.
PLAN_RUN = "plan_run"
CREATE_BUCKET = "create_bucket"
DOWNLOAD_DATA = "download_data"
REUSE_MODEL = "reuse_model"
SPLIT_DATA = "split_data"
TRAIN_MODEL = "train_model"
DEPLOY_ENDPOINT = "deploy_endpoint"
EVALUATE_MODEL = "evaluate_model"
CHECK_QUALITY = "check_quality"
DELETE_ENDPOINT = "delete_endpoint"
DELETE_ENDPOINT_CONFIG = "delete_endpoint_config"
DELETE_MODEL = "delete_model"
WRITE_REPORT = "write_report"
DELETE_DATA = "delete_data"
VERIFY_TEARDOWN = "verify_teardown"

# What a run's plan tells besides, for those who do not need the whole of it.
BUCKET = "bucket"
"""Key of the XCom of `plan_run` that holds the run's bucket."""
