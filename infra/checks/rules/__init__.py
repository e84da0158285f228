"""The project's own rules for its templates."""
