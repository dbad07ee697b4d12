"""The demo: a bicycle shop with its bots, their knowledge and sixty days of invented talk.

Called by seed_demo and remove_demo. Everything in it belongs to customers marked `is_demo`.
"""

# Fixed, so that the landing page and the demo host page can name the bots without a query.
HELP_BOT_ID = "bot_dem0he1pdem0he1pdem0he1p"
SHOP_BOT_ID = "bot_dem0sp0kedem0sp0kedem0sp"

DAYS = 60
CONVERSATIONS = 400
