"""Investigation: what is looked into, what was found, who was asked and what the registrant was told."""
