"""Bytes → reading: filled Word, Excel and PDF files become records with evidence."""
