"""Each figure beside its limit, both measured in one run on one machine: what counts is the ratio."""
