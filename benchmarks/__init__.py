"""Every speed claim of the project: figures beside a bare reference of the same run, as ratios."""
