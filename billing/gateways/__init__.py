"""Ways to be paid, chosen by name through settings.PAYMENT_GATEWAYS."""
