"""SageMaker's built-in algorithms, one folder each, found by the image URI of a request.

A folder is a package with

- `IMAGES`: the `repository:tag` of each image it stands for, the one whose contract it keeps first;
- `training.train(opt_ml)`: trains from `opt_ml` into `opt_ml.model`, logs to standard output, raises
  `local_aws.errors.UserError` for what the user can mend;
- `serving.application(model_dir)`: a WSGI application that answers `/ping`, `/execution-parameters` and
  `/invocations`.

and, where SageMaker reads metrics from its log,

- `metrics.METRICS`: those metrics. The hyperparameter `_tuning_objective_metric` names the one that a
  tuning job needs there.

`training` and `serving` are imported in the container's process only. The modules beside the folders hold
what several have in common, most of all Amazon's own algorithms: hyperparameters, channels, log lines, model
files, requests and answers.
"""
