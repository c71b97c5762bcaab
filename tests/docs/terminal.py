"""A terminal in the project's folder, as the documents suppose it: Airflow, the AWS CLI, and a local AWS."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local_aws.protocol.signatures.keys_file import PROFILE, write_key
from local_stack.stack import python_path
from tests.docs.pages import Block
from tests.project import DEPLOYMENT_ID, PROJECT
from tests.services.local_aws_server import ACCESS_KEY

AWS_CLI = PROJECT / ".local" / "awscli"
# What a working copy has that commands of the documents touch.
_PARTS = ("dags", "docs", "include", "local_aws", "local_stack", "plugins", ".pre-commit-config.yaml")


@dataclass(frozen=True)
class Terminal:
    """A folder that looks like the project's, and all that its commands know of the machine."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def opened(cls, folder: Path, aws_url: str) -> "Terminal":
        """Lay the folder out. Its home has the file of a local AWS that listens on port 5555."""
        home, project, programs = (folder / name for name in ("home", "project", "programs"))
        for made in (home, project, programs):
            made.mkdir()
        for part in _PARTS:
            (project / part).symlink_to(PROJECT / part)
        (project / ".venv").symlink_to(sys.prefix)
        write_aws_program(programs)
        credentials = home / ".local-aws" / "credentials-5555"
        write_key(credentials, ACCESS_KEY, aws_url)
        return cls(
            project,
            {
                "PATH": os.pathsep.join(
                    (str(programs), str(Path(sys.executable).parent), os.environ["PATH"])
                ),
                "HOME": str(home),
                "TMPDIR": str(folder),
                "AIRFLOW_HOME": str(home / "airflow"),
                "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
                "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
                "AIRFLOW_VAR_SAGEMAKER_DEPLOYMENT_ID": DEPLOYMENT_ID,
                # With the settings that let Airflow's commands start sooner.
                "PYTHONPATH": python_path(PROJECT),
                "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
                "AWS_PROFILE": PROFILE,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        )

    @property
    def airflow_database(self) -> Path:
        """Airflow's, of SQLite."""
        return Path(self.environment["AIRFLOW_HOME"]) / "airflow.db"

    def type(self, *blocks: Block) -> str:
        """Type blocks of shell and Python one after the other, until one of their commands fails.

        Returns:
            All that they print.
        """
        texts = [
            block.text if block.language == "sh" else f"python - <<'END OF BLOCK'\n{block.text}END OF BLOCK\n"
            for block in blocks
        ]
        # Where several readers of a document share a machine, its /tmp is theirs too.
        script = "\n".join(texts).replace("/tmp/", f"{self.environment['TMPDIR']}/")  # noqa: S108 - see above
        done = subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-x", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


def write_aws_program(folder: Path) -> None:
    """Put the AWS CLI into a folder as `aws`."""
    aws = folder / "aws"
    aws.write_text(f'#!/bin/sh\nPYTHONPATH={AWS_CLI} exec {sys.executable} -m awscli "$@"\n')
    aws.chmod(0o700)
