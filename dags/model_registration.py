"""A DAG for each pipeline whose YAML file has `registry`: SageMaker's registry gets its accepted models."""

from datetime import timedelta

from airflow.providers.amazon.aws.utils.sagemaker import ApprovalStatus
from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import DAG, Asset, AssetAlias, Param, chain

from include import airflow_names
from include.operators.dag.documentation import describe_tasks, owner_links, where_to_look
from include.operators.dag.notices.wiring import tell_people
from include.operators.dag.parsed_pipelines import parsed_pipelines
from include.operators.failures.retries import RETRIES
from include.operators.returned import Returned
from include.operators.sagemaker.registration import (
    NOTE,
    OPTIONS,
    REGISTERED,
    REJECT,
    RegisterAcceptedModelOperator,
    record_decision,
)
from include.pipeline.documents.config import REGISTRY, PipelineConfig
from include.pipeline.documents.scoring.registration import RegistrySettings

ABOUT = """
A model of `{name}` that passes the gate becomes a version of the pipeline's group in SageMaker's model
registry, with its figures, data, code, encoding and threshold. SageMaker's console shows them.

Approval: {approval}. Where a person decides, Airflow asks under *Required Actions*, and shows the model
beside the last approved one. A model on which nobody decides within {days:g} days is rejected.

{places}
"""


def model_registration(name: str, config: PipelineConfig, registry: RegistrySettings) -> None:
    """Make a pipeline's DAG that registers its models."""
    asks = registry.approval == "by a person"
    with DAG(
        dag_id=f"{name}{REGISTRY}",
        dag_display_name=f"{config.title}: registry",
        description=f"Register the accepted models of {name} with SageMaker.",
        doc_md=ABOUT.format(
            name=name,
            approval=registry.approval,
            days=registry.answer_within_days,
            places=where_to_look(name, config),
        ),
        schedule=[Asset(f"{name}_model", group="model")],
        catchup=False,
        max_active_runs=config.max_active_runs,
        tags={*config.tags, "registry"},
        owner_links=owner_links(config),
        params={
            "run": Param(
                None,
                type=["null", "string"],
                title="Run",
                description="Run id of the run whose accepted model is registered. Empty: the one that has "
                "updated the asset, or the newest.",
            )
        },
        default_args={"owner": config.owner, **RETRIES, "execution_timeout": timedelta(minutes=15)},
    ) as dag:
        register = RegisterAcceptedModelOperator(
            task_id=airflow_names.REGISTER_MODEL,
            pipeline=name,
            approval=ApprovalStatus.PENDING_MANUAL_APPROVAL if asks else ApprovalStatus.APPROVED,
        )
        if asks:
            approve = HITLOperator(
                task_id=airflow_names.APPROVE_MODEL,
                subject=f"Approve the new model of {config.title}?",
                body=REGISTERED["side_by_side"],
                options=list(OPTIONS),
                defaults=REJECT,
                params={NOTE: Param("", type=["null", "string"], title="Note", description="Why.")},
                response_timeout=timedelta(days=registry.answer_within_days),
                execution_timeout=None,
            )
            record = record_decision.override(outlets=[AssetAlias(f"{name}_approved_model")])
            chain(register, approve, record(REGISTERED, Returned(airflow_names.APPROVE_MODEL)))
    describe_tasks(dag)
    tell_people(dag, config)


for pipeline, config in parsed_pipelines(REGISTRY):
    if config.registry:
        model_registration(pipeline, config, config.registry)
