"""Files of knowledge leave the house as downloads only: never shown, never run."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from accounts.permissions import Action
from accounts.tenancy import TenantRequest, get_or_404, member_view
from knowledge import files
from knowledge.models import KnowledgeItem


@member_view(Action.VIEW_KNOWLEDGE)
@require_GET
def download(request: TenantRequest, item: str) -> FileResponse:
    return _response(get_or_404(KnowledgeItem.objects.live(), request.customer, item))


@require_GET
def signed_file(request: HttpRequest, token: str) -> FileResponse:
    """The file of a short signed address: whoever has it may fetch it, for some minutes."""
    public_id = files.public_id_of(token)
    items = KnowledgeItem.objects.live().filter(knowledge_base__customer__suspended_at=None)
    item = items.filter(public_id=public_id).first() if public_id else None
    if item is None:
        raise Http404
    return _response(item)


def _response(item: KnowledgeItem) -> FileResponse:
    if not item.file:
        raise Http404
    try:
        source = item.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        source, as_attachment=True, filename=item.file_name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
