"""Impact assessments: what they cover, what the data protection officer advised, until when they hold."""
