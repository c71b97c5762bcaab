"""SageMaker's built-in algorithms, one folder each, found by the image URI of a request.

A folder is a package with

- `IMAGES`: the `repository:tag` of each image that it stands for. It keeps the contract of the first;
- `training.train(opt_ml)`: trains on the data in `opt_ml`, saves the model in `opt_ml.model`, logs to
  standard output, and raises `local_aws.errors.UserError` for what the user can mend;
- `serving.application(model_dir)`: returns a WSGI application that answers `/ping`, `/execution-parameters`
  and `/invocations`.

and, where the image has the label of multi-model endpoints,

- `MULTI_MODEL_IMAGES`: those of the images that have it. Source: "Supported algorithms, frameworks, and
  instances for multi-model endpoints" in the developer guide;

and, where local AWS has a job of the image whose channels are pipes,

- `PIPE_MODE_IMAGES`: those of the images. Their training is told of the mode, and gets no data;

and, where SageMaker reads metrics from its log,

- `metrics.METRICS`: those metrics. The hyperparameter `_tuning_objective_metric` names the one that a
  tuning job needs there;
- `metrics.OTHER_METRICS`, where there are some: metrics that no tuning job can ask for.

An image that runs scripts of the user's has a module in `script.defaults`. Where it does nothing else, its
folder has neither `training` nor `serving`.

Only the container's process imports `training` and `serving`. The modules beside the folders hold what all
algorithms have in common, and `toolkit` what Amazon's own ones have.
"""
