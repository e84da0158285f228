"""What the check of the dashboards is made of."""
