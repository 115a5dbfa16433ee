"""Tests; a package, so that they share :mod:`tests.txtar`."""
