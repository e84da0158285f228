"""What `infra/measure` is made of."""
