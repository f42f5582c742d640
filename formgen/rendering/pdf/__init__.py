"""Records onto pages of PDF."""
