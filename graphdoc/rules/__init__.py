"""Every rule, one module each, sorted by id. A test holds this list to the modules present."""

from graphdoc.rules.application_cycle import application_cycle
from graphdoc.rules.chart_cycle import chart_cycle
from graphdoc.rules.cluster_skew import cluster_skew
from graphdoc.rules.cluster_specific_base import cluster_specific_base
from graphdoc.rules.commented_out_resource import commented_out_resource
from graphdoc.rules.dangling_reference import dangling_reference
from graphdoc.rules.default_namespace import default_namespace
from graphdoc.rules.default_project import default_project
from graphdoc.rules.duplicate_application import duplicate_application
from graphdoc.rules.duplicate_resource import duplicate_resource
from graphdoc.rules.empty_applicationset import empty_applicationset
from graphdoc.rules.floating_image_tag import floating_image_tag
from graphdoc.rules.floating_revision import floating_revision
from graphdoc.rules.forbidden_by_project import forbidden_by_project
from graphdoc.rules.invalid_application import invalid_application
from graphdoc.rules.invalid_applicationset import invalid_applicationset
from graphdoc.rules.invalid_chart import invalid_chart
from graphdoc.rules.invalid_image import invalid_image
from graphdoc.rules.invalid_kustomization import invalid_kustomization
from graphdoc.rules.invalid_manifest import invalid_manifest
from graphdoc.rules.invalid_sync_wave import invalid_sync_wave
from graphdoc.rules.kustomization_cycle import kustomization_cycle
from graphdoc.rules.misaimed_patch import misaimed_patch
from graphdoc.rules.missing_chart_dependency import missing_chart_dependency
from graphdoc.rules.missing_config_map import missing_config_map
from graphdoc.rules.missing_kustomize_entry import missing_kustomize_entry
from graphdoc.rules.missing_notification import missing_notification
from graphdoc.rules.missing_project import missing_project
from graphdoc.rules.missing_secret import missing_secret
from graphdoc.rules.missing_source_path import missing_source_path
from graphdoc.rules.missing_values_file import missing_values_file
from graphdoc.rules.orphaned_application import orphaned_application
from graphdoc.rules.orphaned_chart import orphaned_chart
from graphdoc.rules.orphaned_manifest import orphaned_manifest
from graphdoc.rules.orphaned_overlay import orphaned_overlay
from graphdoc.rules.orphaned_secret import orphaned_secret
from graphdoc.rules.orphaned_values_file import orphaned_values_file
from graphdoc.rules.patch_without_target import patch_without_target
from graphdoc.rules.plain_secret import plain_secret
from graphdoc.rules.private_file_committed import private_file_committed
from graphdoc.rules.redundant_value import redundant_value
from graphdoc.rules.rule import Rule
from graphdoc.rules.sealed_secret_rescoped import sealed_secret_rescoped
from graphdoc.rules.stale_document_block import stale_document_block
from graphdoc.rules.stale_document_path import stale_document_path
from graphdoc.rules.stale_document_review import stale_document_review
from graphdoc.rules.unautomated_sync import unautomated_sync
from graphdoc.rules.undeclared_source_ref import undeclared_source_ref
from graphdoc.rules.unenforced_waves import unenforced_waves
from graphdoc.rules.unknown_revision import unknown_revision
from graphdoc.rules.unreadable_file import unreadable_file
from graphdoc.rules.unresolvable_placeholder import unresolvable_placeholder
from graphdoc.rules.unused_source_ref import unused_source_ref
from graphdoc.rules.unused_value import unused_value
from graphdoc.rules.wave_cycle import wave_cycle
from graphdoc.rules.wave_inversion import wave_inversion
from graphdoc.rules.wrong_generate_paths import wrong_generate_paths

__all__ = ["RULES", "Rule"]

RULES: tuple[Rule, ...] = (
    application_cycle,
    chart_cycle,
    cluster_skew,
    cluster_specific_base,
    commented_out_resource,
    dangling_reference,
    default_namespace,
    default_project,
    duplicate_application,
    duplicate_resource,
    empty_applicationset,
    floating_image_tag,
    floating_revision,
    forbidden_by_project,
    invalid_application,
    invalid_applicationset,
    invalid_chart,
    invalid_image,
    invalid_kustomization,
    invalid_manifest,
    invalid_sync_wave,
    kustomization_cycle,
    misaimed_patch,
    missing_chart_dependency,
    missing_config_map,
    missing_kustomize_entry,
    missing_notification,
    missing_project,
    missing_secret,
    missing_source_path,
    missing_values_file,
    orphaned_application,
    orphaned_chart,
    orphaned_manifest,
    orphaned_overlay,
    orphaned_secret,
    orphaned_values_file,
    patch_without_target,
    plain_secret,
    private_file_committed,
    redundant_value,
    sealed_secret_rescoped,
    stale_document_block,
    stale_document_path,
    stale_document_review,
    unautomated_sync,
    undeclared_source_ref,
    unenforced_waves,
    unknown_revision,
    unreadable_file,
    unresolvable_placeholder,
    unused_source_ref,
    unused_value,
    wave_cycle,
    wave_inversion,
    wrong_generate_paths,
)
