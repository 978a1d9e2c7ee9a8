"""What guards the web: who speaks, from where, how often, and with what words."""
