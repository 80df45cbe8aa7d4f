"""A believable demo district, built through casework and actions."""
