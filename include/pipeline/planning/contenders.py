"""What several algorithms do on the same rows, worked out for each before anything is made."""

from typing import TYPE_CHECKING

from include.pipeline.documents.training.contenders import Contender, ContenderSettings, contender_key
from include.pipeline.errors import ParamError
from include.pipeline.planning.deployment_request import deployment_request
from include.pipeline.planning.hyperparameters.check import check_algorithm, check_hyperparameters
from include.pipeline.planning.image import built_in_image
from include.pipeline.planning.training_request import training_request

if TYPE_CHECKING:
    from include.pipeline.documents.config import PipelineConfig
    from include.pipeline.documents.params import RunParams
    from include.pipeline.documents.plan import RunPlan


def check_validation_rows(params: "RunParams", config: "PipelineConfig") -> None:
    """See that there are rows on which the best of several algorithms can be chosen.

    Raises:
        ParamError: There are none.
    """
    if config.algorithms and not params.validation_fraction:
        raise ParamError(
            "validation_fraction = 0",
            "the best of algorithms is chosen on validation rows, so that the test rows judge it afresh",
            "Choose a fraction above 0, such as 0.2",
        )


def with_contenders(
    plan: "RunPlan", config: "PipelineConfig", *, role_arn: str, tags: list[dict[str, str]]
) -> "RunPlan":
    """Add to a run's plan what each of its algorithms does, where the YAML has several.

    Args:
        plan: As it is for the first alone.
        config: The pipeline's YAML.
        role_arn: Reads the rows and writes the models.
        tags: Of their jobs and endpoints, in SageMaker's form: none of these is ever kept.

    Raises:
        ParamError: An image, a hyperparameter or another Param is not one for an algorithm.
    """
    if not config.algorithms:
        return plan
    contenders = tuple(
        _contender(plan, config, settings, role_arn=role_arn, tags=tags) for settings in config.algorithms
    )
    return plan.model_copy(update={"contenders": contenders, "training": contenders[0].training})


def _contender(
    plan: "RunPlan",
    config: "PipelineConfig",
    settings: ContenderSettings,
    *,
    role_arn: str,
    tags: list[dict[str, str]],
) -> Contender:
    algorithm, kind = settings.name, config.table.kind
    params = settings.params_of(plan.params, is_first=algorithm == plan.algorithm)
    key, places = contender_key(plan.key, algorithm), plan.locations.of_contender(algorithm)
    image_uri = built_in_image(algorithm, plan.identity.region, params.image_version)
    check_algorithm(params, algorithm)
    check_hyperparameters(params, kind, algorithm)
    return Contender(
        algorithm=algorithm,
        key=key,
        image_uri=image_uri,
        image_version=params.image_version,
        hyperparameters=params.hyperparameters,
        training=training_request(
            params,
            config.aws,
            algorithm,
            kind,
            job_name=key,
            image_uri=image_uri,
            role_arn=role_arn,
            train_uri=places.train,
            validation_uri=places.validation,
            output_uri=places.model,
            checkpoints_uri=places.checkpoints,
            tags=tags,
        ),
        deployment=deployment_request(
            params, config.aws, name=key, image_uri=image_uri, role_arn=role_arn, tags=tags
        ),
    )
