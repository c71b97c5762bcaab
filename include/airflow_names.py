"""Names in Airflow by which the DAGs, their tasks and the plugin know each other."""

CONNECTION = "aws_default"
JANITOR_CONNECTION = "aws_janitor"
"""The janitor's, where there is one."""
REPORT_TAB = "model_report"
"""The tab of a run that shows its report, as its address has it."""
JANITOR = "sagemaker_janitor"
"""The DAG that finds leftovers."""
DELETE_KEPT = "delete_kept_endpoint"
"""The DAG whose form takes away what a run was asked to keep, and its task."""
DEPLOYMENT_ID = "sagemaker_deployment_id"
"""The Variable that tells which Airflow this is; and the key of the XCom of `plan_run` that tells it."""

# The tasks, in the order of the chain.
PLAN_RUN = "plan_run"
CREATE_BUCKET = "create_bucket"
DOWNLOAD_DATA = "download_data"
REUSE_MODEL = "reuse_model"
SPLIT_DATA = "split_data"
TRAIN_MODEL = "train_model"
CONTEND = "contend"
"""The group of what each of several algorithms does, `train_model` and the next one."""
SCORE_CONTENDER = "score_contender"
CHOOSE_CONTENDER = "choose_contender"
DEPLOY_ENDPOINT = "deploy_endpoint"
EVALUATE_MODEL = "evaluate_model"
CHECK_QUALITY = "check_quality"
DELETE_ENDPOINT = "delete_endpoint"
DELETE_ENDPOINT_CONFIG = "delete_endpoint_config"
DELETE_MODEL = "delete_model"
WRITE_REPORT = "write_report"
DELETE_DATA = "delete_data"
VERIFY_TEARDOWN = "verify_teardown"

# Those of the DAGs that score new rows, beside the ones above.
CHOOSE_MODEL = "choose_model"
ENCODE_ROWS = "encode_rows"
SCORE_ROWS = "score_rows"
WRITE_PREDICTIONS = "write_predictions"

# Those of the DAGs that register accepted models.
REGISTER_MODEL = "register_model"
APPROVE_MODEL = "approve_model"
RECORD_DECISION = "record_decision"

# Those of the DAGs that promote a model, and take it back.
PROMOTE_MODEL = "promote_model"
ROLL_BACK_MODEL = "roll_back_model"

# Those of the other DAGs.
LOOK_AT_SOURCE = "look_at_source"
SWEEP_LEFTOVERS = "sweep_leftovers"
READ_YAML_FILE = "read_yaml_file"
"""Stands for a pipeline whose YAML file is not valid."""

# What a run's plan tells besides, for those who do not need the whole of it.
BUCKET = "bucket"
"""Key of the XCom of `plan_run` that holds the run's bucket."""
BUCKET_OWNER = "bucket_owner"
"""Key of the one that holds the account to which the bucket has to belong."""
FAILURE = "failure"
"""Key of the XCom of a task that has failed: its error in three lines."""
DATA = "data"
"""Key of the XCom of `download_data` that holds which file the run uses: its name and hash, in a line."""
FIGURES = "figures"
"""Key of the one of `check_quality` that holds what a list of runs shows of it: `ListedFigures`."""
SUMMARY = "summary"
"""Key of the one of `check_quality` that holds what the run was, in a line."""
