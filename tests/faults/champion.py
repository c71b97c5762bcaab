"""The endpoint that a pipeline's accepted models take over: what it serves, and how a test sets that."""

from dataclasses import dataclass
from typing import Any

from include.pipeline.documents.scoring.champion import SERVE
from include.pipeline.planning.names import champion_endpoint, key_prefix
from local_stack.demo import DAG_ID
from tests.aws.endpoints import settled
from tests.aws.lists import listed
from tests.faults.faulty_stack import FaultyStack
from tests.faults.pipelines import SHADOWED
from tests.project import DEPLOYMENT_ID

_ENDPOINTS = {champion_endpoint(DEPLOYMENT_ID, pipeline, "champion") for pipeline in (DAG_ID, SHADOWED)}


@dataclass(frozen=True)
class Champion:
    """One pipeline's."""

    stack: FaultyStack
    pipeline: str = DAG_ID

    @property
    def endpoint(self) -> str:
        return champion_endpoint(DEPLOYMENT_ID, self.pipeline, "champion")

    def served(self) -> str:
        """The version that it serves, once nothing changes it. No shadow is left, and no other endpoint."""
        sagemaker: Any = self.stack.aws.client("sagemaker")
        found = settled(sagemaker, self.endpoint)
        assert found["EndpointStatus"] == "InService"
        assert "ShadowProductionVariants" not in found
        shadows = listed(sagemaker, "list_endpoint_configs", NameContains="-sh")
        assert not [one for one in shadows if one["EndpointConfigName"].endswith("-sh")]
        billed = {one["EndpointName"] for one in listed(sagemaker, "list_endpoints")}
        assert billed - _ENDPOINTS == set()
        version: str = found["EndpointConfigName"]
        return version

    def serve(self, version: str) -> None:
        """Have it serve a version, whatever served before."""
        if self.served() != version:
            sagemaker: Any = self.stack.aws.client("sagemaker")
            sagemaker.update_endpoint(EndpointName=self.endpoint, EndpointConfigName=version)
        assert self.served() == version

    def forget(self, kept: str) -> None:
        """Delete all versions but one: what was promoted after one that serves counts as taken back."""
        sagemaker: Any = self.stack.aws.client("sagemaker")
        named = key_prefix(DEPLOYMENT_ID, f"{self.pipeline}{SERVE}")
        for found in listed(sagemaker, "list_endpoint_configs", NameContains=named):
            if (name := found["EndpointConfigName"]) != kept:
                sagemaker.delete_endpoint_config(EndpointConfigName=name)
                sagemaker.delete_model(ModelName=name)
