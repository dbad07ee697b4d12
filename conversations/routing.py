"""Addresses of the sockets."""

from django.urls import path, re_path

from conversations.consumers import DashboardConsumer, FrameConsumer, WidgetConsumer


class UnknownPath(FrameConsumer):
    """A socket at no address of ours is refused, not crashed on."""

    async def connect(self) -> None:
        await self.close()


websocket_urlpatterns = [
    path("ws/widget/<str:bot>/", WidgetConsumer.as_asgi()),
    path("ws/dashboard/", DashboardConsumer.as_asgi()),
    re_path(r"^.*$", UnknownPath.as_asgi()),
]
