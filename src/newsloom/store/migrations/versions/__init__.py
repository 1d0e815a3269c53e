"""One module a step, named after the version it leads to. A step is never changed once it was released."""
