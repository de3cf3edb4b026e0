"""How fast the studio is on this machine: ratios within one run."""
