"""Documents made from findings: papers that are read before a meeting, slides. What they say, the findings said."""
