"""Which bucket an S3 resource speaks of, whether it keeps versions, and whether public access to it is blocked."""

from __future__ import annotations

from depcheck.model import Resource
from depcheck.project import Project
from depcheck.project.relations import deployed_together, refers_to
from depcheck.values import Known, Unknown, Value, scalar_text

_BLOCK = "aws_s3_bucket_public_access_block"


def bucket_of(resource: Resource, project: Project) -> Resource | None:
    """The bucket that a resource configures (itself, for a bucket); None where it is not described here."""
    if resource.type == "aws_s3_bucket":
        return resource
    for bucket in project.of_type("aws_s3_bucket"):
        if deployed_together(bucket, resource) and refers_to(resource, "bucket", bucket)[0] == "yes":
            return bucket
    return None


def versioning(bucket: Resource, project: Project) -> list[Value]:
    """Whatever says whether a bucket keeps versions: its own block first (absent where there is none)."""
    found, undecided = project.related(bucket, "aws_s3_bucket_versioning", "bucket")
    apart = [each.get("versioning_configuration", 0, "status") for each in found]
    return [bucket.get("versioning", 0, "enabled"), *apart, *undecided]


def access_block(bucket: Resource | None, project: Project, *switches: str) -> Known | Unknown | None:
    """The first of some switches of the bucket's or the account's public access block that is on; unknown if it may
    be; None if none is."""
    blocks = [
        each
        for each in project.of_type("aws_s3_account_public_access_block")
        if bucket and deployed_together(each, bucket)
    ]
    if bucket is not None:
        blocks += project.related(bucket, _BLOCK, "bucket")[0]
    values: list[Value] = [each.get(switch) for each in blocks for switch in switches]
    for value in values:
        if isinstance(value, Known) and scalar_text(value) == "true":
            return value
    return next((value for value in values if isinstance(value, Unknown)), None)


def is_website(bucket: Resource | None, project: Project) -> bool:
    """Whether S3 serves the bucket as a website, which it does only for objects that everybody may read."""
    if bucket is None:
        return False
    own = [*bucket.get("website").elements(), *bucket.get("WebsiteConfiguration").elements()]
    return bool(own) or bool(project.related(bucket, "aws_s3_bucket_website_configuration", "bucket")[0])
