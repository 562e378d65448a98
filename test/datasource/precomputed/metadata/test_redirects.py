"""Where a redirect may lead. Only paths are looked at: nothing is fetched."""

import pytest

from cloudvolume import paths
from cloudvolume.datasource.precomputed.metadata.redirects import redirect_target
from cloudvolume.exceptions import RedirectError

NETWORK = ["https://example.com/a/b", "http://localhost:80/a/b", "gs://bucket/a", "s3://bucket/a"]
HERE = ["file:///data/a", "mem://bucket/a"]


def follow(source, target, use_https=False) -> str:
    return paths.to_cloudpath(redirect_target(paths.strict_extract(source), target, use_https))


@pytest.mark.parametrize("target", [*HERE, "/etc/a", "precomputed://file:///data/a", "~/a"])
@pytest.mark.parametrize("source", NETWORK)
def test_the_network_never_leads_to_this_machine(source, target, blocked_connections):
    """A stranger's info file must not make us read local files."""
    with pytest.raises(RedirectError, match=f"{source}/info: .*{target}"):
        follow(source, target)
    assert not blocked_connections


@pytest.mark.parametrize("source", HERE + NETWORK)
@pytest.mark.parametrize("target", NETWORK)
def test_the_network_may_be_reached_from_anywhere(source, target, blocked_connections):
    assert follow(source, target) == target
    assert follow(source, f"precomputed://{target}/") == target
    assert not blocked_connections


@pytest.mark.parametrize("source", HERE)
@pytest.mark.parametrize("target", HERE)
def test_this_machine_may_lead_to_itself(source, target):
    assert follow(source, target) == target


@pytest.mark.parametrize("target", ["ftp://a/b", "javascript:alert(1)", "gs://", 5, ["gs://a/b"]])
def test_what_is_no_cloudpath_is_refused(target):
    """The message names the info file and the value."""
    with pytest.raises(RedirectError, match=r"gs://bucket/a/info: .*redirect"):
        follow("gs://bucket/a", target)


def test_https_is_kept_to():
    """Who asked for https gets it at the target as well."""
    assert follow("gs://bucket/a", "gs://other/b", use_https=True).startswith("https://")
