"""The sample estate: three small repositories of an Argo CD platform, shipped as package data."""
