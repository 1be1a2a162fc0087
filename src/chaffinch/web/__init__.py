"""The front door: feeds, articles, sign-up, archive, status over HTTP."""
