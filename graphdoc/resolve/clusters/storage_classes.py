"""Which cloud a storage class comes from, and which one a cluster runs in."""

import re
from types import MappingProxyType

__all__ = ["provider_of", "provider_of_class"]

# What the clouds' own Kubernetes brings along, by the documentation of each.
_CLASSES = MappingProxyType({
    "AWS": re.compile(r"gp[23]"),
    "Azure": re.compile(r"(managed|azurefile|azureblob)-(csi|premium|nfs|fuse)(-\w+)?"),
    "DigitalOcean": re.compile(r"do-block-storage(-\w+)*"),
    "Google Cloud": re.compile(r"(standard|premium|enterprise|zonal)-rw[ox]"),
    "Hetzner": re.compile(r"hcloud-volumes(-\w+)*"),
    "Linode": re.compile(r"linode-block-storage(-\w+)*"),
    "Oracle Cloud": re.compile(r"oci-bv(-\w+)*"),
    "UpCloud": re.compile(r"upcloud-block-storage-\w+"),
    "Vultr": re.compile(r"vultr-block-storage(-\w+)*"),
})  # fmt: skip
_ANY_CLASS = re.compile("|".join(f"(?:{known.pattern})" for known in _CLASSES.values()))
_WORDS = MappingProxyType({
    "AWS": {"aws", "amazon", "eks"},
    "Azure": {"azure", "aks"},
    "DigitalOcean": {"digitalocean", "doks"},
    "Google Cloud": {"google", "gcp", "gke"},
    "Hetzner": {"hetzner", "hcloud"},
    "Linode": {"akamai", "linode", "lke"},
    "Oracle Cloud": {"oracle", "oci", "oke"},
    "UpCloud": {"upcloud", "upc", "uks"},
    "Vultr": {"vultr", "vke"},
})  # fmt: skip


def provider_of(text: str) -> str:
    """The cloud that a cluster's name, or what is said of it, tells of; empty where none."""
    words = set(re.split(r"[^a-z0-9]+", text.lower()))
    return next((cloud for cloud, own in _WORDS.items() if own & words), "")


def provider_of_class(name: str) -> str:
    """The cloud that a storage class comes from; empty where it may come from anywhere."""
    if not _ANY_CLASS.fullmatch(name):
        return ""
    return next((cloud for cloud, known in _CLASSES.items() if known.fullmatch(name)), "")
