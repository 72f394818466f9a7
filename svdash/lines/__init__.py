"""Many lines (payments, service contacts) become small cells. The one place that talks to the query engine."""
