"""Decides how the bytes of each kind of file become normalised Markdown text.

Called by knowledge.extraction_child alone: everything here runs bounded, without Django.
"""
