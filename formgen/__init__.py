"""formgen: one definition of a form fills the official annexes in Word and Excel, from one dataset."""

__version__ = "0.1.0"
