"""Measuring Newsloom on sets of real pages, beside the libraries people use today.

`newsloom bench extract` is the command. Nothing else of the program imports this package.
"""
