"""Changes to the database, in order, and the steps that they share."""
