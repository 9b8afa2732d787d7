"""Tags of ElastiCache's resources: one pair of calls for all of them, by ARN."""

from localcloud.cloud import Cloud
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props


def tags_of(cloud: Cloud, arn: str) -> Props:
    """Give the tags of a resource."""
    return from_aws(cloud.aws("elasticache").list_tags_for_resource(ResourceName=arn)["TagList"])


def update_tags(cloud: Cloud, arn: str, olds: Props, news: Props) -> None:
    """Bring the tags of a resource from the old inputs to the new."""
    aws, tags = cloud.aws("elasticache"), tag_change(olds, news)
    if tags.gone:
        aws.remove_tags_from_resource(ResourceName=arn, TagKeys=tags.gone)
    if tags.put:
        aws.add_tags_to_resource(ResourceName=arn, Tags=to_aws(tags.put))
