"""What looks wrong about a code and cannot be proved to be, as ``Code.doubts`` tells it; ``ma`` has some of its own."""

SEPARATOR = "a separator may be missing: the last value may hold a further element"
RESTRICTED = "restricted number: it means different goods in different shops"
SHAPE = "no check digit: recognised by its shape only"
FAMILY = "the same digits may belong to another family"
CHECK = "the check digit would be wrong for what the number looks like"
