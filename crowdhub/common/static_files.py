"""Static files under names that change with their content."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT_RULES = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class FingerprintedFiles(CompressedManifestStaticFilesStorage):
    """Also writes the fingerprinted names into our modules' imports of one another.

    Django can do so for every script, which fails on libraries that import what their build step was to provide.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", IMPORT_RULES))
