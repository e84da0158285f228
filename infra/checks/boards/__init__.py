"""What the check and the drawing of the dashboards share."""
