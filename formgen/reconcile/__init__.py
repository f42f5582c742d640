"""Reading against record: what a person changed between printing and returning."""
