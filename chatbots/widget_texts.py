"""The widget's interface texts: the same keys as static/widget/texts.json, here for translation.

Read by widget_config; a test holds the two lists together.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TEXTS: dict[str, Promise | str] = {
    "openChat": _("Open chat"),
    "closeChat": _("Close chat"),
    "hideTeaser": _("Hide this message"),
    "more": _("More"),
    "conversation": _("Conversation"),
    "write": _("Ask a question"),
    "send": _("Send"),
    "stop": _("Stop the answer"),
    "askPerson": _("Talk to a person"),
    "automatic": _("Answers are automatic"),
    "appearance": _("Appearance"),
    "themeAuto": _("Auto"),
    "themeLight": _("Light"),
    "themeDark": _("Dark"),
    "youSaid": _("You:"),
    "oftenAsked": _("Often asked"),
    "searching": _("Looking through our pages"),
    "writing": _("Writing the answer"),
    "newAnswer": _("New answer"),
    "stopped": _("Stopped"),
    "brokenOff": _("The answer broke off."),
    "helped": _("This helped"),
    "notHelped": _("This did not help"),
    "copy": _("Copy the answer"),
    "copied": _("Copied"),
    "sources": _("Sources"),
    "sourceOf": _("Source {number} of {count}"),
    "backToConversation": _("Back to the conversation"),
    "previousSource": _("Previous source"),
    "nextSource": _("Next source"),
    "passage": _("Passage"),
    "wholePage": _("Open the whole page"),
    "notSent": _("Not sent."),
    "retry": _("Try again"),
    "offline": _("No connection. What you write is kept."),
    "unavailable": _("This chat is not available right now."),
    "waitHead": _("We are getting somebody"),
    "waitBody": _(
        "A person will answer here as soon as somebody is free. "
        "You may go on writing; nothing is lost if you close this."
    ),
    "personStatus": _("A person answers you here"),
}
