"""A finding becomes a chart: structures that Altair checked once, with the rows of the finding put in after."""
