"""Decides how often a session's last activity is written for the list of sessions: once a minute, not each request.

Called by Django for every request, in the place of allauth's own middleware.
"""

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

SECONDS = 60


class SessionActivityMiddleware(UserSessionsMiddleware):  # type: ignore[misc]
    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key and not cache.add(f"session-seen:{key}", True, SECONDS):
            response: HttpResponseBase = self.get_response(request)
            return response
        tracked: HttpResponseBase = super().__call__(request)
        return tracked
