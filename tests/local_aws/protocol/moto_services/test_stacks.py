"""What moto's CloudFormation leaves undone by itself. A whole stack: tests/deploy/cloudformation."""

from collections.abc import Callable
from typing import Any

from tests.aws.answers import refused

NETWORK = """
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.61.0.0/24}}
  Routes: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  ToS3:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Gateway
      ServiceName: com.amazonaws.us-east-1.s3
      RouteTableIds: [!Ref Routes]
Outputs: {Id: {Value: !Ref Vpc}}
"""
CONDITION = """
Parameters: {More: {Type: String, Default: 'no'}}
Conditions: {IsMore: !Equals [!Ref More, 'yes']}
Resources:
  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: always-there}}
  B: {Type: 'AWS::S3::Bucket', Condition: IsMore, Properties: {BucketName: sometimes-there}}
"""


def test_a_network_made_by_a_change_set_tells_its_outputs_and_is_deleted(client: Callable[..., Any]) -> None:
    stacks, ec2 = client("cloudformation"), client("ec2")
    stacks.create_change_set(
        StackName="network", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=NETWORK
    )
    stacks.execute_change_set(StackName="network", ChangeSetName="first")
    (stack,) = stacks.describe_stacks(StackName="network")["Stacks"]
    (vpc,) = [one["OutputValue"] for one in stack["Outputs"]]
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"] == "10.61.0.0/24"
    stacks.delete_stack(StackName="network")
    assert refused(ec2.describe_vpcs, VpcIds=[vpc])[0] == "InvalidVpcID.NotFound"


def test_a_resource_that_a_condition_leaves_out_is_not_listed(client: Callable[..., Any]) -> None:
    stacks = client("cloudformation")
    stacks.create_stack(StackName="condition", TemplateBody=CONDITION)
    found = stacks.describe_stack_resources(StackName="condition")["StackResources"]
    assert [one["LogicalResourceId"] for one in found] == ["A"]
    stacks.delete_stack(StackName="condition")
