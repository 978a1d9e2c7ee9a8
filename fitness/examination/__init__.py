"""Examinations: two case examiners decide what is to become of a case, and what they propose the registrant may accept."""
