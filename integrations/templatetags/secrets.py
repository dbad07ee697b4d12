"""How a page shows that a secret is there."""

from django import template

from integrations.fields import mask

register = template.Library()
register.filter("masked", mask)
