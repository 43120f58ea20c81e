"""A small fictitious district of Zibo that fills an empty service through its public API, to look at and to try out."""
