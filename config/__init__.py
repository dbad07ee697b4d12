"""The composition root: imports every app, is imported by none."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
