"""Write the template of a pipeline: `python -m deploy.cloudformation --help`."""

import argparse
from pathlib import Path

import yaml

from deploy.cloudformation.template import template
from include.pipeline.aws.deployment_id import FORM, FORM_IN_WORDS
from include.pipeline.documents.config import load_config
from include.pipeline.errors import PipelineError


class _Plain(yaml.SafeDumper):
    """Writes what is there twice twice: CloudFormation takes no aliases."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def main() -> None:
    """Write it into a file."""
    parser = argparse.ArgumentParser(
        description="Writes a CloudFormation template of all that a pipeline needs."
    )
    parser.add_argument("pipeline", help="a YAML file of include/datasets, without its ending")
    parser.add_argument(
        "--deployment", required=True, help="id of the Airflow: its Variable sagemaker_deployment_id"
    )
    parser.add_argument("--to", type=Path, required=True, help="a file")
    asked = parser.parse_args()
    if not FORM.fullmatch(asked.deployment):
        parser.error(f"--deployment is {asked.deployment!r}: an id has {FORM_IN_WORDS}")
    try:
        config = load_config(asked.pipeline)
    except PipelineError as error:
        parser.error(str(error))
    made = template(config, pipeline=asked.pipeline, deployment_id=asked.deployment)
    asked.to.write_text(yaml.dump(made, Dumper=_Plain, sort_keys=False, width=110), encoding="utf-8")
    print(asked.to)


if __name__ == "__main__":
    main()
