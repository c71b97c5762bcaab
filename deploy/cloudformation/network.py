"""A network for training jobs and endpoints: two subnets without a way out but to S3."""

from typing import Any

WITH_NETWORK = "WithNetwork"
"""The template's condition."""
_RANGE = "10.60.0.0/24"
_SUBNETS = {"SubnetA": ("10.60.0.0/26", 0), "SubnetB": ("10.60.0.64/26", 1)}


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::EC2::{kind}", "Condition": WITH_NETWORK, "Properties": properties}


_ROUTES = {"Ref": "Routes"}
_VPC = {"Ref": "Vpc"}

NETWORK: dict[str, Any] = {
    "Vpc": _resource("VPC", CidrBlock=_RANGE, EnableDnsSupport=True, EnableDnsHostnames=True),
    "Routes": _resource("RouteTable", VpcId=_VPC),
    **{
        name: _resource(
            "Subnet",
            VpcId=_VPC,
            CidrBlock=cidr,
            AvailabilityZone={"Fn::Select": [zone, {"Fn::GetAZs": ""}]},
            MapPublicIpOnLaunch=False,
        )
        for name, (cidr, zone) in _SUBNETS.items()
    },
    **{
        f"{name}Routes": _resource(
            "SubnetRouteTableAssociation", SubnetId={"Ref": name}, RouteTableId=_ROUTES
        )
        for name in _SUBNETS
    },
    "ToS3": _resource(
        "VPCEndpoint",
        VpcId=_VPC,
        VpcEndpointType="Gateway",
        ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
        RouteTableIds=[_ROUTES],
    ),
    # A job with several instances talks among them; S3 is reached by TLS.
    "SecurityGroup": _resource(
        "SecurityGroup",
        VpcId=_VPC,
        GroupDescription="Training jobs and endpoints: among themselves, and to S3.",
        SecurityGroupEgress=[
            {"Description": "TLS", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
        ],
    ),
    "AmongInstances": _resource(
        "SecurityGroupIngress",
        Description="Instances of one job.",
        GroupId={"Ref": "SecurityGroup"},
        SourceSecurityGroupId={"Ref": "SecurityGroup"},
        IpProtocol="-1",
    ),
    "AmongInstancesOut": _resource(
        "SecurityGroupEgress",
        Description="Instances of one job.",
        GroupId={"Ref": "SecurityGroup"},
        DestinationSecurityGroupId={"Ref": "SecurityGroup"},
        IpProtocol="-1",
    ),
}
NETWORK_OUTPUTS: dict[str, Any] = {
    name: {"Condition": WITH_NETWORK, "Description": description, "Value": value}
    for name, description, value in (
        ("Subnets", "For aws.vpc.subnets of the pipeline's YAML.", {"Fn::Sub": "${SubnetA},${SubnetB}"}),
        ("SecurityGroups", "For aws.vpc.security_groups of the pipeline's YAML.", {"Ref": "SecurityGroup"}),
    )
}
