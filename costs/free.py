"""What costs nothing, by type, with the source that says so: a type that is nowhere is a gap, never free."""

from collections.abc import Mapping
from typing import Final

_NETWORK = "Amazon VPC pricing: networks, subnets, routes and security groups have no charge"
_GROUPS = "Amazon RDS and ElastiCache pricing: settings, groups and users have no charge of their own"
_IAM = "AWS IAM: has no charge"
_PART = "charged with what it is part of"
_RANDOM = "made by Pulumi, not by a cloud"
_BACKUP = "AWS Backup pricing: storage, restores and tests are charged; plans, vaults and their rules are not"
_EVENTS = "Amazon RDS User Guide: events have no charge, their notifications are SNS's"
_RECORDS = "Amazon Route 53 pricing: 10,000 records of a zone have no charge; queries are the zone's"
_ATLAS = "MongoDB Atlas pricing: clusters and their backups are charged; projects, users, rules and alerts are not"

FREE: Final[Mapping[str, str]] = {
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": _BACKUP,
    "aws:backup/selection:Selection": _BACKUP,
    "aws:backup/vault:Vault": _BACKUP,
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": _BACKUP,
    "aws:backup/vaultNotifications:VaultNotifications": _BACKUP,
    "aws:backup/vaultPolicy:VaultPolicy": _BACKUP,
    "aws:budgets/budget:Budget": "AWS Budgets pricing: budgets that only watch and notify have no charge",
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": _PART,
    "aws:dynamodb/resourcePolicy:ResourcePolicy": _IAM,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _NETWORK,
    "aws:ec2/internetGateway:InternetGateway": _NETWORK,
    "aws:ec2/route:Route": _NETWORK,
    "aws:ec2/routeTable:RouteTable": _NETWORK,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _NETWORK,
    "aws:ec2/securityGroup:SecurityGroup": _NETWORK,
    "aws:ec2/subnet:Subnet": _NETWORK,
    "aws:ec2/vpc:Vpc": _NETWORK,
    "aws:elasticache/parameterGroup:ParameterGroup": _GROUPS,
    "aws:elasticache/subnetGroup:SubnetGroup": _GROUPS,
    "aws:elasticache/user:User": _GROUPS,
    "aws:elasticache/userGroup:UserGroup": _GROUPS,
    "aws:iam/policy:Policy": _IAM,
    "aws:iam/role:Role": _IAM,
    "aws:iam/rolePolicy:RolePolicy": _IAM,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _IAM,
    "aws:kms/alias:Alias": "AWS KMS pricing: aliases have no charge",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": _GROUPS,
    "aws:rds/clusterRoleAssociation:ClusterRoleAssociation": _IAM,
    "aws:rds/eventSubscription:EventSubscription": _EVENTS,
    "aws:rds/globalCluster:GlobalCluster": _PART,
    "aws:rds/parameterGroup:ParameterGroup": _GROUPS,
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": _PART,
    "aws:rds/proxyTarget:ProxyTarget": _PART,
    "aws:rds/roleAssociation:RoleAssociation": _IAM,
    "aws:rds/subnetGroup:SubnetGroup": _GROUPS,
    "aws:route53/record:Record": _RECORDS,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _PART,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _PART,
    "aws:s3/bucketPolicy:BucketPolicy": _IAM,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _PART,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _PART,
    "aws:s3/bucketVersioning:BucketVersioning": _PART,
    "aws:scheduler/scheduleGroup:ScheduleGroup": "Amazon EventBridge pricing: schedules are charged by invocation",
    "aws:secretsmanager/secretPolicy:SecretPolicy": _IAM,
    "aws:secretsmanager/secretVersion:SecretVersion": _PART,
    "aws:sns/topicPolicy:TopicPolicy": _IAM,
    "aws:sns/topicSubscription:TopicSubscription": _PART,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _NETWORK,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _NETWORK,
    "mongodbatlas:index/alertConfiguration:AlertConfiguration": _ATLAS,
    "mongodbatlas:index/backupCompliancePolicy:BackupCompliancePolicy": _ATLAS,
    "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule": _ATLAS,
    "mongodbatlas:index/cloudProviderAccessAuthorization:CloudProviderAccessAuthorization": _ATLAS,
    "mongodbatlas:index/cloudProviderAccessSetup:CloudProviderAccessSetup": _ATLAS,
    "mongodbatlas:index/customDbRole:CustomDbRole": _ATLAS,
    "mongodbatlas:index/databaseUser:DatabaseUser": _ATLAS,
    "mongodbatlas:index/maintenanceWindow:MaintenanceWindow": _ATLAS,
    "mongodbatlas:index/privateLinkEndpointService:PrivateLinkEndpointService": _ATLAS,
    "mongodbatlas:index/project:Project": _ATLAS,
    "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList": _ATLAS,
    "random:index/randomId:RandomId": _RANDOM,
    "random:index/randomPassword:RandomPassword": _RANDOM,
}
