"""Doors for files that people and the national platform (码上放心) have: relations, bills, tables of events."""
