"""EPCIS 2.0 over HTTP: documents and events in, queries out, in the words of the standard."""
