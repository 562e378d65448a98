"""Formats: what lies in storage, and how a request is planned and carried out."""
